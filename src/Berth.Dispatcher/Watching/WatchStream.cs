using System.Buffers;
using System.IO.Pipelines;
using Berth.Dispatcher.Clients;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// The event stream of one watcher, on a connection that Kestrel's HTTP side has released. There may be ten thousand, so an idle one keeps
/// little memory. A slow client gets one event that leads from the state it has to the latest.
/// </summary>
/// <param name="state">The state that all requests share.</param>
/// <param name="target">The watched target.</param>
/// <param name="hub">The hub that reports changes.</param>
/// <param name="seen">The snapshot that the client already has, or null.</param>
/// <param name="isChunked">False for a client of HTTP/1.0, whose body ends with the connection.</param>
/// <param name="tellsSource">True when <c>source</c> events are wanted.</param>
/// <param name="seats">The feed of seats, or null where they are not wanted or there are none.</param>
/// <param name="inLines">True for JSON Lines, false for server-sent events.</param>
/// <param name="slot">The client's right to this watch, given back at its end, or null.</param>
/// <param name="ended">Is told the status when the stream ends, or null.</param>
/// <param name="logger">The logger for a failure.</param>
internal sealed class WatchStream(
    DispatcherState state, ServedTarget target, WatchHub hub, EndpointSnapshot? seen, bool isChunked, bool tellsSource,
    SeatFeed? seats, bool inLines, WatchSlot? slot, Action<int>? ended, ILogger logger)
    : WatchSignal, IConnectionTakeOver
{
    private EndpointSnapshot? _seen = seen;
    private ClashMoment? _seenClashes;
    private long _seenSeats;

    /// <summary>The index of this stream in the hub's list.</summary>
    public int Position { get; set; }

    /// <summary>Sends events until the client goes away or the server stops. Never fails.</summary>
    public Task RunAsync(ConnectionContext transport) => RunAsync(
        new EventBody(transport, state.Time, isChunked),
        // Without a reason, the connection ends in Kestrel's way.
        exception => transport.Abort(exception is null ? null! : new ConnectionAbortedException("The answer failed.", exception)),
        transport.ConnectionClosed);

    /// <summary>The same on the HTTP side of a server, which gives the body its form.</summary>
    public Task RunAsync(PipeWriter body, Action abort, CancellationToken closed) => RunAsync(body, _ => abort(), closed);

    private async Task RunAsync(PipeWriter body, Action<Exception?> abort, CancellationToken closed)
    {
        int status = 200;
        target.AddWatcher(1);
        hub.Add(this);
        seats?.Add(this);
        CancellationTokenRegistration closing = closed.UnsafeRegister(static s => ((WatchStream)s!).Wake(), this);
        try
        {
            if (!inLines)
                body.Write(WatchEvents.Opening);
            await SendAllAsync(body, closed).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The client went away. Unsent data must not keep the connection open.
            abort(null);
        }
        catch (Exception exception)
        {
            Log.RequestFailed(logger, "GET", "/v1/watch/" + target.Name, exception);
            status = 500;
            // After the first bytes, only a cut connection tells the client that the answer is incomplete.
            abort(exception);
        }

        await closing.DisposeAsync().ConfigureAwait(false);
        hub.Remove(this);
        seats?.Remove(this);
        target.AddWatcher(-1);
        slot?.Leave();
        ended?.Invoke(status);
    }

    private async Task SendAllAsync(PipeWriter body, CancellationToken closed)
    {
        WatchMoment? sent = null;
        bool goesOn = true;
        while (goesOn)
        {
            // Take the latest moment, not the next one: this skips the moments that this client was too slow for.
            WatchMoment moment = hub.Now;
            if (!ReferenceEquals(moment, sent))
            {
                sent = moment;
                goesOn = await SendAsync(body, moment, closed).ConfigureAwait(false);
            }
            else if (IsNews(moment.Clashes))
            {
                goesOn = await SendClashesAsync(body, moment.Clashes!, closed).ConfigureAwait(false);
            }
            else if (seats?.Now is { } news && news.Number != _seenSeats)
            {
                goesOn = await SendSeatsAsync(body, news, closed).ConfigureAwait(false);
            }
            else
            {
                await WaitAsync().ConfigureAwait(false);
                closed.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>
    /// Writes the event or heartbeat of a moment for this client, and sends it. Returns false when nothing follows, or the client no longer
    /// receives.
    /// </summary>
    private ValueTask<bool> SendAsync(PipeWriter body, WatchMoment moment, CancellationToken closed)
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

    /// <summary>Sends the seats at the client's pace: those that changed, or all.</summary>
    private ValueTask<bool> SendSeatsAsync(PipeWriter body, SeatMoment news, CancellationToken closed)
    {
        ReadOnlyMemory<byte> data = news.DataSince(_seenSeats);
        _seenSeats = news.Number;
        body.Write(inLines ? JsonLines.BeginSeats : WatchEvents.BeginSeats);
        return SendDataAsync(body, data, closed);
    }

    // A watcher that never got a clash does not need an event that there is none.
    private bool IsNews(ClashMoment? clashes) =>
        clashes is not null && !ReferenceEquals(clashes, _seenClashes) && (clashes.Clashes.Count > 0 || _seenClashes is not null);

    /// <summary>Sends all clashes with other targets at the client's pace.</summary>
    private ValueTask<bool> SendClashesAsync(PipeWriter body, ClashMoment news, CancellationToken closed)
    {
        _seenClashes = news;
        body.Write(inLines ? JsonLines.BeginClashes : WatchEvents.BeginClashes);
        return SendDataAsync(body, news.Data, closed);
    }

    /// <summary>Sends the data of an event without an id, whose beginning is written.</summary>
    private async ValueTask<bool> SendDataAsync(PipeWriter body, ReadOnlyMemory<byte> data, CancellationToken closed)
    {
        if (!await SendPiecesAsync(body, data, closed).ConfigureAwait(false))
            return false;
        body.Write(inLines ? JsonLines.EndData : WatchEvents.EndData);
        return !(await body.FlushAsync(CancellationToken.None).ConfigureAwait(false)).IsCompleted;
    }

    /// <summary>Writes bytes, and sends all but the last piece of them. Returns false when the client no longer receives.</summary>
    private static async ValueTask<bool> SendPiecesAsync(PipeWriter body, ReadOnlyMemory<byte> all, CancellationToken closed)
    {
        for (; all.Length > PacedJson.FlushAbove; all = all[PacedJson.FlushAbove..])
        {
            body.Write(all.Span[..PacedJson.FlushAbove]);
            if ((await body.FlushAsync(closed).ConfigureAwait(false)).IsCompleted)
                return false;
            closed.ThrowIfCancellationRequested();
        }

        body.Write(all.Span);
        return true;
    }

    private void Write(PipeWriter body, ReadOnlySpan<byte> events)
    {
        if (inLines)
            JsonLines.Write(body, events);
        else
            body.Write(events);
    }

    private ValueTask<bool> SendAsync(PipeWriter body, WatchMoment moment, ReadOnlySpan<byte> all)
    {
        Write(body, all);
        return FlushAsync(body, moment);
    }

    /// <summary>Sends the written bytes. Usually they are sent at once, and nothing is awaited.</summary>
    private ValueTask<bool> FlushAsync(PipeWriter body, WatchMoment moment)
    {
        _seen = moment.Snapshot;
        if (tellsSource)
            Write(body, WatchEvents.Source(state, target.View, moment.Snapshot));
        if (moment.IsEnd)
            (body as EventBody)?.WriteEnd();
        ValueTask<FlushResult> flush = body.FlushAsync(CancellationToken.None);
        return flush.IsCompletedSuccessfully ? new ValueTask<bool>(GoesOn(flush.Result, moment)) : AwaitAsync(flush, moment);

        static async ValueTask<bool> AwaitAsync(ValueTask<FlushResult> flush, WatchMoment moment) =>
            GoesOn(await flush.ConfigureAwait(false), moment);

        static bool GoesOn(FlushResult result, WatchMoment moment) => !result.IsCompleted && !moment.IsEnd;
    }

    /// <summary>
    /// Sends a large event at the client's pace. Ten thousand slow clients share its bytes, and each buffers only a small part of them.
    /// </summary>
    private async ValueTask<bool> SendLargeAsync(PipeWriter body, WatchMoment moment, ReadOnlyMemory<byte> all, CancellationToken closed)
    {
        EndpointSnapshot snapshot = moment.Snapshot!;
        ReadOnlyMemory<byte> end = default;
        if (!all.IsEmpty)
        {
            if (inLines)
                (all, end) = (JsonLines.Begin(body, all), JsonLines.End(state.Epoch, snapshot));
            if (!await SendPiecesAsync(body, all, closed).ConfigureAwait(false))
                return false;
            body.Write(end.Span);
        }
        else if (_seen is not null)
        {
            await WatchEvents.StreamChangesAsync(body, state.Epoch, _seen, snapshot, inLines, closed).ConfigureAwait(false);
        }
        else
        {
            body.Write(inLines ? JsonLines.BeginSnapshot : WatchEvents.BeginSnapshot);
            await EndpointsPage.StreamAsync(body, snapshot, age: null, snapshot.FindPortClashes(), closed).ConfigureAwait(false);
            body.Write(inLines ? JsonLines.End(state.Epoch, snapshot) : WatchEvents.End(state.Epoch, snapshot));
        }

        return await FlushAsync(body, moment).ConfigureAwait(false);
    }
}
