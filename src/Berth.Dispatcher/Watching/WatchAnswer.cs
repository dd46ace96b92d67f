using System.Buffers;
using System.IO.Pipelines;

namespace Berth.Dispatcher;

/// <summary>
/// <c>GET /v1/watch/{namespace}/{service}</c>: the whole snapshot first, or what changed since <c>Last-Event-ID</c> where that is known, and then each change.
/// A client that is slow gets one event from what it saw to the latest. Before the first list the stream is open and silent.
/// </summary>
internal sealed class WatchAnswer(DispatcherState state)
{
    public ValueTask AnswerAsync(Exchange exchange, string ns, string service)
    {
        if (!ServiceTarget.TryParse($"{ns}/{service}", out ServiceTarget asked, out string? fault))
            return ProblemWriter.WriteAsync(exchange, Problem.MalformedTarget(fault));
        if (state.Find(asked) is not { } target)
            return ProblemWriter.WriteAsync(exchange, Problem.UnknownTarget(asked, state));
        exchange.Begin(200, "text/event-stream", length: null);
        return exchange.IsHead ? ValueTask.CompletedTask : StreamAsync(exchange, target);
    }

    private async ValueTask StreamAsync(Exchange exchange, ServedTarget target)
    {
        CancellationToken aborted = exchange.Aborted;
        PipeWriter body = exchange.Body;
        WatchHub hub = target.WatchHub(state);
        target.AddWatcher(1);
        try
        {
            string? lastId = exchange.Request.Headers["Last-Event-ID"];
            EndpointSnapshot? seen = lastId is null ? null : hub.FindRecent(lastId);
            WatchMoment moment = hub.Now;
            await exchange.StartAsync().ConfigureAwait(false);
            body.Write(WatchEvents.Opening);
            while (true)
            {
                await WriteAsync(body, moment, seen, aborted).ConfigureAwait(false);
                await body.FlushAsync(aborted).ConfigureAwait(false);
                seen = moment.Snapshot;
                if (moment.IsEnd)
                    break;
                await moment.Next.WaitAsync(aborted).ConfigureAwait(false);
                // Not the next one, but the latest: what this client was too slow for is coalesced.
                moment = hub.Now;
            }
        }
        finally
        {
            target.AddWatcher(-1);
        }
    }

    private async ValueTask WriteAsync(PipeWriter body, WatchMoment moment, EndpointSnapshot? seen, CancellationToken aborted)
    {
        if (moment.Snapshot is not { } snapshot || ReferenceEquals(snapshot, seen))
            body.Write(WatchEvents.Heartbeat);
        else if (seen is null)
            await WriteSnapshotAsync(body, snapshot, aborted).ConfigureAwait(false);
        else
            body.Write((ReferenceEquals(seen, moment.Before) ? moment.Frame : WatchEvents.Changes(state.Epoch, seen, snapshot)).Span);
    }

    private async ValueTask WriteSnapshotAsync(PipeWriter body, EndpointSnapshot snapshot, CancellationToken aborted)
    {
        body.Write(WatchEvents.BeginSnapshot(state.Epoch, snapshot));
        if (state.Find(snapshot.Target)!.Page.TryFormat(snapshot, age: null) is { } page)
            body.Write(page.Span);
        else
            await EndpointsPage.StreamAsync(body, snapshot, age: null, aborted).ConfigureAwait(false);
        body.Write(WatchEvents.End);
    }
}
