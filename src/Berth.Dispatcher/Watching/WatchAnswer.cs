using Berth.Dispatcher.Clients;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.State;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// <c>GET /v1/watch/{namespace}/{service}</c>: the complete snapshot first, or the changes since <c>Last-Event-ID</c> when that state is
/// known, and then each change. Before the first list the stream is open and sends no change. With <c>?source</c> it also tells how old
/// the state is, and which dispatchers it came through; with <c>?seats</c> the seats of the pods.
/// </summary>
internal sealed class WatchAnswer(DispatcherState state, WatchHubs hubs, RequestDurations? durations, ILogger logger)
{
    public ValueTask AnswerAsync(Exchange exchange, string ns, string service, long started)
    {
        if (!ServiceTarget.TryParse($"{ns}/{service}", out ServiceTarget asked, out string? fault))
            return ProblemWriter.WriteAsync(exchange, Problem.MalformedTarget(fault));
        if (state.Find(asked) is not { } target)
            return ProblemWriter.WriteAsync(exchange, Problem.UnknownTarget(asked, state.TargetNames));
        WatchSlot? slot = exchange.IsHead ? null : exchange.WatchSlot;
        if (slot is not null && !slot.TryEnter())
            return ProblemWriter.WriteAsync(exchange, Problem.TooManyWatches());
        bool inLines = exchange.Accepts(Exchange.LineStream, Exchange.EventStream)
            || exchange.Accepts("application/x-ndjson", Exchange.EventStream);
        exchange.Begin(200, inLines ? Exchange.LineStream : Exchange.EventStream, length: null);
        return exchange.IsHead ? ValueTask.CompletedTask : StreamAsync(exchange, target, inLines, slot, started);
    }

    private async ValueTask StreamAsync(Exchange exchange, ServedTarget target, bool inLines, WatchSlot? slot, long started)
    {
        WatchHub hub = hubs.Of(target);
        string? lastId = exchange.Request.Headers["Last-Event-ID"];
        EndpointSnapshot? seen = lastId is null ? null : hub.FindRecent(lastId);
        bool tellsSource = Query.Find(exchange.Request.QueryString, "source") is not null;
        string scheme = exchange.Request.Scheme;
        Action<int>? ended = durations is null ? null : status => durations.Add(Route.Watch, "GET", scheme, status, started);
        SeatFeed? seats = Query.Find(exchange.Request.QueryString, "seats") is null ? null : hubs.SeatsOf(target);
        if (!exchange.CanHandOver)
        {
            WatchStream carried = new(state, target, hub, seen, isChunked: false, tellsSource, seats, inLines, slot, ended, logger);
            await carried.RunAsync(exchange.Body, exchange.Abort, exchange.Aborted).ConfigureAwait(false);
            return;
        }

        bool isChunked;
        try
        {
            isChunked = await exchange.StartStreamAsync().ConfigureAwait(false);
        }
        catch
        {
            slot?.Leave();
            throw;
        }

        exchange.HandOver(new WatchStream(state, target, hub, seen, isChunked, tellsSource, seats, inLines, slot, ended, logger));
    }
}
