using System.Diagnostics;
using Berth.Remote.Diagnostics;
using Berth.Remote.Wire;

namespace Berth.Remote.Transport;

/// <summary>One open watch of one dispatcher. Read by one reader at a time.</summary>
internal sealed class WatchConnection : IAsyncDisposable
{
    // There may be thousands of connections, and most of them are idle.
    private const int IdleLength = 1024;
    private const int BusyLength = 64 * 1024;

    private readonly HttpResponseMessage _response;
    private readonly Activity? _activity;
    private readonly CancellationTokenSource _closing = new();
    private readonly GuardedStream _body;
    private readonly EventParser _parser;
    private byte[] _buffer = new byte[IdleLength];
    private int _start;
    private int _end;
    private bool _isBetweenEvents = true;

    /// <param name="dispatcher">The dispatcher.</param>
    /// <param name="response">Its answer. The connection disposes it.</param>
    /// <param name="body">The body of the answer.</param>
    /// <param name="reader">Reads the events.</param>
    /// <param name="activity">The activity of the watch, if there is one. It ends with the connection.</param>
    /// <param name="options">The limits.</param>
    public WatchConnection(
        Uri dispatcher, HttpResponseMessage response, Stream body, WatchReader reader, Activity? activity,
        RemoteEndpointSourceOptions options)
    {
        Dispatcher = dispatcher;
        _activity = activity;
        _response = response;
        OpenedAt = options.TimeProvider.GetTimestamp();
        _body = new GuardedStream(body, options, _closing);
        _parser = new EventParser(reader);
    }

    /// <summary>The dispatcher at the other end.</summary>
    public Uri Dispatcher { get; }

    /// <summary>The time when it was opened, by the monotonic clock.</summary>
    public long OpenedAt { get; }

    /// <summary>Waits for the next event.</summary>
    /// <param name="cancellationToken">Ends the wait, and with it the connection.</param>
    /// <returns>The event, or null at the end of the stream.</returns>
    /// <exception cref="IOException">The stream was cut, became silent or went above a limit; the message is a clause.</exception>
    /// <exception cref="WatchFormatException">The received data is no event.</exception>
    public async ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration end = cancellationToken.UnsafeRegister(
            static closing => ((CancellationTokenSource)closing!).Cancel(), _closing);
        while (true)
        {
            if (_start == _end && !await FillAsync().ConfigureAwait(false))
                return null;
            WatchMessage? message = _parser.Read(_buffer.AsSpan(_start, _end - _start), out int taken);
            _start += taken;
            _isBetweenEvents = message is not null;
            if (message is not null)
            {
                _body.BeginEvent();
                return message;
            }
        }
    }

    /// <summary>Records the exception that showed the end of the watch.</summary>
    public void Note(Exception exception) => WatchActivity.Ended(
        _activity,
        exception switch
        {
            EndOfStreamException => "closed",
            WatchFormatException => "malformed",
            { InnerException: OperationCanceledException } => "idle",
            _ => "broken",
        },
        exception);

    /// <summary>Ends the connection at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        // No read is in progress here: this runs between two reads, or after one has thrown.
        await _body.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
        _activity?.Dispose();
        _closing.Dispose();
    }

    /// <summary>Waits for bytes when all received ones are read. False at the end of the stream.</summary>
    private async ValueTask<bool> FillAsync()
    {
        if (_isBetweenEvents && _buffer.Length > IdleLength)
            _buffer = new byte[IdleLength];
        else if (!_isBetweenEvents && _end == IdleLength)
            _buffer = new byte[BusyLength];
        _start = 0;
        _end = await _body.ReadAsync(_buffer, _closing.Token).ConfigureAwait(false);
        return _end > 0;
    }
}
