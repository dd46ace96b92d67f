using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Dispatcher.Connections;

/// <summary>
/// A client's connection. Kestrel reads and answers its requests until one of them opens an endless stream. The stream then takes over the
/// connection, and Kestrel's memory for requests, about 4 KB, becomes free.
/// </summary>
/// <remarks>
/// Kestrel's timer would keep that memory: it ticks the HTTP side of every connection until the connection ends. This class replaces that
/// timer's link to the HTTP side, and can cut it.
/// </remarks>
internal sealed class ClientConnection : IConnectionHeartbeatFeature
{
    private Action<object>? _tick;
    private object? _ticked;
    private IConnectionTakeOver? _stream;
    private Action? _atLimit;
    private int _secondsLeft;
    private int _seconds;

    public bool IsHandedOver => _stream is not null;

    /// <summary>The ticks of Kestrel since the connection started, one a second.</summary>
    public int Seconds => Volatile.Read(ref _seconds);

    /// <summary>
    /// Connection middleware: answers plain requests, runs Kestrel for all others, and then the stream that took over the connection, if
    /// any.
    /// </summary>
    /// <param name="transport">The connection.</param>
    /// <param name="http">Kestrel's HTTP side.</param>
    /// <param name="plain">Answers plain requests; null where all are Kestrel's.</param>
    public static async Task RunAsync(ConnectionContext transport, ConnectionDelegate http, IPlainRequests? plain)
    {
        ClientConnection connection = new();
        transport.Features.Get<IConnectionHeartbeatFeature>()!.OnHeartbeat(static c => ((ClientConnection)c).Tick(), connection);
        if (plain is not null && !NotPlain.IsMarked(transport) && !await plain.RunAsync(transport, connection).ConfigureAwait(false))
            return;
        transport.Features.Set<IConnectionHeartbeatFeature>(connection);
        // A client that closes its sending side after its request (busybox nc does) still wants the answer. Kestrel would not answer if it
        // saw this token cancelled. It notices a client that is really gone when it reads or writes.
        CancellationToken closed = transport.ConnectionClosed;
        transport.ConnectionClosed = CancellationToken.None;
        await http(transport).ConfigureAwait(false);
        transport.ConnectionClosed = closed;
        Volatile.Write(ref connection._ticked, null);
        if (connection._stream is not { } stream)
            return;
        if (transport.Features.Get<ITlsConnectionFeature>() is not null)
        {
            await RunEncryptedAsync(transport, stream).ConfigureAwait(false);
            return;
        }

        // The stream does not read. Drop the data that the client sent after its request; any further data, or closing, ends the
        // connection. Otherwise that data would stay in memory while the stream lasts.
        await transport.Transport.Input.CompleteAsync().ConfigureAwait(false);
        await stream.RunAsync(transport).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a stream over TLS. Completing TLS's receiving side would not complete the transport's, so further data would stay in memory,
    /// and messages of TLS itself would not be answered. One read waits instead, without a buffer.
    /// </summary>
    private static async Task RunEncryptedAsync(ConnectionContext transport, IConnectionTakeOver stream)
    {
        PipeReader input = transport.Transport.Input;
        if (input.TryRead(out ReadResult dropped))
            input.AdvanceTo(dropped.Buffer.End);
        Task reading = AbortAtInputAsync(transport, input);
        await stream.RunAsync(transport).ConfigureAwait(false);
        input.CancelPendingRead();
        await reading.ConfigureAwait(false);
    }

    private static async Task AbortAtInputAsync(ConnectionContext transport, PipeReader input)
    {
        try
        {
            ReadResult read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (read.IsCanceled)
                return;
            input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception exception) when (
            exception is IOException or ConnectionAbortedException or InvalidOperationException or OperationCanceledException)
        {
            // The connection has ended.
        }

        transport.Abort(new ConnectionAbortedException("The client sent data or left during a stream."));
    }

    /// <summary>Called once by Kestrel's HTTP side.</summary>
    public void OnHeartbeat(Action<object> action, object state)
    {
        _tick = action;
        Volatile.Write(ref _ticked, state);
    }

    /// <summary>Gives the connection to a stream. The stream starts when Kestrel has sent the head of the answer.</summary>
    public void HandOver(IConnectionTakeOver stream) => _stream = stream;

    /// <summary>
    /// Sets a limit for a wait, without a timer of its own: Kestrel's ticks once a second. It ends between that time and a second more.
    /// </summary>
    /// <param name="time">The time, 1 s or more.</param>
    /// <param name="act">The action that ends the wait.</param>
    public void Limit(TimeSpan time, Action act)
    {
        _atLimit = act;
        Volatile.Write(ref _secondsLeft, (int)Math.Min(Math.Ceiling(time.TotalSeconds) + 1, int.MaxValue));
    }

    /// <summary>Ends the wait. Returns false when its limit was reached.</summary>
    public bool EndLimit() => Interlocked.Exchange(ref _secondsLeft, 0) > 0;

    /// <summary>A second has passed.</summary>
    internal void Tick()
    {
        Volatile.Write(ref _seconds, _seconds + 1);
        // The value stays at 0 or above: below 0 means no limit, or one that was reached.
        int left = Volatile.Read(ref _secondsLeft);
        if (left > 0 && Interlocked.CompareExchange(ref _secondsLeft, left - 1, left) == left && left == 1)
            _atLimit!();
        if (Volatile.Read(ref _ticked) is { } ticked)
            _tick!(ticked);
    }
}
