using System.Buffers;
using System.IO.Pipelines;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.State;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// The events of one watching client, on a connection that Kestrel's HTTP side is done with. There may be ten thousand of them, so little
/// is held while nothing happens. A client that is slow gets one event from what it saw to the latest.
/// </summary>
/// <param name="state">What all requests share.</param>
/// <param name="target">What is watched.</param>
/// <param name="hub">Who tells of changes.</param>
/// <param name="seen">The snapshot that the client has already, or null.</param>
/// <param name="isChunked">False for a client of HTTP/1.0, whose body ends with the connection.</param>
/// <param name="counts">Where the request is counted when it ends.</param>
/// <param name="logger">Where a failure is logged.</param>
internal sealed class WatchStream(
    DispatcherState state, ServedTarget target, WatchHub hub, EndpointSnapshot? seen, bool isChunked, RequestCounts counts, ILogger logger)
    : WatchSignal, IConnectionTakeOver
{
    private EndpointSnapshot? _seen = seen;

    /// <summary>Where the hub keeps it.</summary>
    public int Place { get; set; }

    /// <summary>Sends events until the client goes away or the server stops. Never fails.</summary>
    public async Task RunAsync(ConnectionContext transport)
    {
        int status = 200;
        target.AddWatcher(1);
        hub.Add(this);
        CancellationTokenRegistration closing = transport.ConnectionClosed.UnsafeRegister(static s => ((WatchStream)s!).Wake(), this);
        try
        {
            EventBody body = new(transport, state.Time, isChunked);
            body.Write(WatchEvents.Opening);
            WatchMoment moment = hub.Now;
            while (await SendAsync(body, moment, transport.ConnectionClosed).ConfigureAwait(false))
            {
                // Not the next moment, but the latest: what this client was too slow for is coalesced.
                for (WatchMoment sent = moment; ReferenceEquals(moment, sent); moment = hub.Now)
                {
                    await WaitAsync().ConfigureAwait(false);
                    transport.ConnectionClosed.ThrowIfCancellationRequested();
                }
            }
        }
        catch (OperationCanceledException) when (transport.ConnectionClosed.IsCancellationRequested)
        {
            // The client went away; there is no one to answer. What still waits to be taken by it must not keep the connection: without a
            // reason that ends in order, as Kestrel ends it.
            transport.Abort(null!);
        }
        catch (Exception exception)
        {
            Log.RequestFailed(logger, "GET", "/v1/watch/" + target.Name, exception);
            status = 500;
            // Bytes are out, so only a cut connection tells the client that the answer is not whole.
            transport.Abort(new ConnectionAbortedException("The answer failed.", exception));
        }

        await closing.DisposeAsync().ConfigureAwait(false);
        hub.Remove(this);
        target.AddWatcher(-1);
        counts.Add(Route.Watch, status);
    }

    /// <summary>
    /// Writes what a moment tells this client, and sends it. False when nothing follows, or the client no longer receives.
    /// </summary>
    private ValueTask<bool> SendAsync(EventBody body, WatchMoment moment, CancellationToken closed)
    {
        ReadOnlyMemory<byte> piece;
        if (moment.Snapshot is not { } snapshot || ReferenceEquals(snapshot, _seen))
            return SendAsync(body, moment, WatchEvents.Heartbeat);
        if (_seen is null)
            piece = hub.FindWhole(snapshot) ?? default;
        else
            piece = ReferenceEquals(_seen, moment.Before) && !moment.Frame.IsEmpty ? moment.Frame : hub.FindFewChanges(_seen, snapshot);
        return piece.Length is > 0 and <= PacedJson.FlushAbove
            ? SendAsync(body, moment, piece.Span)
            : SendLargeAsync(body, moment, piece, closed);
    }

    private ValueTask<bool> SendAsync(EventBody body, WatchMoment moment, ReadOnlySpan<byte> all)
    {
        body.Write(all);
        return FlushAsync(body, moment);
    }

    /// <summary>Usually the bytes are already on their way, and nothing need be awaited.</summary>
    private ValueTask<bool> FlushAsync(EventBody body, WatchMoment moment)
    {
        _seen = moment.Snapshot;
        if (moment.IsEnd)
            body.WriteEnd();
        ValueTask<FlushResult> flush = body.FlushAsync(CancellationToken.None);
        return flush.IsCompletedSuccessfully ? new ValueTask<bool>(GoesOn(flush.Result, moment)) : AwaitAsync(flush, moment);

        static async ValueTask<bool> AwaitAsync(ValueTask<FlushResult> flush, WatchMoment moment) =>
            GoesOn(await flush.ConfigureAwait(false), moment);

        static bool GoesOn(FlushResult result, WatchMoment moment) => !result.IsCompleted && !moment.IsEnd;
    }

    /// <summary>
    /// At the client's pace: ten thousand slow ones share the bytes of a large event, and each holds a small part of them.
    /// </summary>
    private async ValueTask<bool> SendLargeAsync(EventBody body, WatchMoment moment, ReadOnlyMemory<byte> all, CancellationToken closed)
    {
        EndpointSnapshot snapshot = moment.Snapshot!;
        if (!all.IsEmpty)
        {
            for (; all.Length > PacedJson.FlushAbove; all = all[PacedJson.FlushAbove..])
            {
                body.Write(all.Span[..PacedJson.FlushAbove]);
                if ((await body.FlushAsync(closed).ConfigureAwait(false)).IsCompleted)
                    return false;
                closed.ThrowIfCancellationRequested();
            }

            body.Write(all.Span);
        }
        else if (_seen is not null)
        {
            await WatchEvents.StreamChangesAsync(body, state.Epoch, _seen, snapshot, closed).ConfigureAwait(false);
        }
        else
        {
            body.Write(WatchEvents.BeginSnapshot);
            await EndpointsPage.StreamAsync(body, snapshot, age: null, snapshot.FindPortClashes(), closed).ConfigureAwait(false);
            body.Write(WatchEvents.End(state.Epoch, snapshot));
        }

        return await FlushAsync(body, moment).ConfigureAwait(false);
    }
}
