using System.Net.ServerSentEvents;
using Berth.Remote.Wire;

namespace Berth.Remote.Transport;

/// <summary>One open watch of one dispatcher. Read by one reader at a time.</summary>
internal sealed class WatchConnection : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly CancellationTokenSource _closing = new();
    private readonly GuardedStream _body;
    private readonly IAsyncEnumerator<SseItem<WatchMessage>> _events;

    /// <param name="dispatcher">The dispatcher.</param>
    /// <param name="response">Its answer. The connection disposes it.</param>
    /// <param name="body">The body of the answer.</param>
    /// <param name="reader">Reads the events.</param>
    /// <param name="options">The limits.</param>
    public WatchConnection(
        Uri dispatcher, HttpResponseMessage response, Stream body, WatchReader reader, RemoteEndpointSourceOptions options)
    {
        Dispatcher = dispatcher;
        _response = response;
        OpenedAt = options.TimeProvider.GetTimestamp();
        _body = new GuardedStream(body, options, _closing);
        _events = SseParser.Create(_body, reader.Read).EnumerateAsync(_closing.Token).GetAsyncEnumerator(CancellationToken.None);
    }

    /// <summary>The dispatcher at the other end.</summary>
    public Uri Dispatcher { get; }

    /// <summary>When it was opened, by the monotonic clock.</summary>
    public long OpenedAt { get; }

    /// <summary>Waits for the next event.</summary>
    /// <param name="cancellationToken">Ends the wait, and with it the connection.</param>
    /// <returns>The event, or null at the end of the stream.</returns>
    /// <exception cref="IOException">The stream was cut, fell silent or broke a limit; the message is a clause.</exception>
    /// <exception cref="WatchFormatException">What arrived is no event.</exception>
    public async ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration end = cancellationToken.UnsafeRegister(
            static closing => ((CancellationTokenSource)closing!).Cancel(), _closing);
        if (!await _events.MoveNextAsync().ConfigureAwait(false))
            return null;
        _body.BeginEvent();
        return _events.Current.Data;
    }

    /// <summary>Ends the connection at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        // No read is in progress here: the enumerator is disposed between two, or after one has thrown.
        await _events.DisposeAsync().ConfigureAwait(false);
        await _body.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
        _closing.Dispose();
    }
}
