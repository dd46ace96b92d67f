using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Berth.Dispatcher.Http;

/// <summary>
/// A client's connection. Kestrel reads its requests and answers them, until one of them is for a stream without an end: that takes the connection over,
/// and what Kestrel needs for requests, some 4 KB, is let go of for as long as the stream lasts.
/// </summary>
/// <remarks>
/// Kestrel's own timer is what would hold on to it: it ticks every connection's HTTP side from its first request to its end. This stands between the two.
/// </remarks>
internal sealed class ClientConnection : IConnectionHeartbeatFeature
{
    private Action<object>? _tick;
    private object? _ticked;
    private IConnectionTakeOver? _stream;

    public bool IsHandedOver => _stream is not null;

    /// <summary>Middleware of a connection: lets Kestrel have it, and then the stream that took it over, if one did.</summary>
    public static async Task RunAsync(ConnectionContext transport, ConnectionDelegate http)
    {
        ClientConnection connection = new();
        transport.Features.Get<IConnectionHeartbeatFeature>()!.OnHeartbeat(static c => ((ClientConnection)c).Tick(), connection);
        transport.Features.Set<IConnectionHeartbeatFeature>(connection);
        // A client that closes its sending side behind its request (busybox nc does) still wants the answer. Told that the connection is closed, Kestrel
        // would give none. One that is really gone shows when Kestrel reads or writes.
        CancellationToken closed = transport.ConnectionClosed;
        transport.ConnectionClosed = CancellationToken.None;
        await http(transport).ConfigureAwait(false);
        transport.ConnectionClosed = closed;
        Volatile.Write(ref connection._ticked, null);
        if (connection._stream is not { } stream)
            return;
        // Nobody reads any more: what the client has sent behind its request is let go of, and whatever it still sends ends the connection, as its
        // closing does. Otherwise that would be kept for as long as the stream lasts.
        await transport.Transport.Input.CompleteAsync().ConfigureAwait(false);
        await stream.RunAsync(transport).ConfigureAwait(false);
    }

    /// <summary>Kestrel's HTTP side asks for this once.</summary>
    public void OnHeartbeat(Action<object> action, object state)
    {
        _tick = action;
        Volatile.Write(ref _ticked, state);
    }

    /// <summary>Gives the connection to a stream, as soon as Kestrel has sent what belongs to the answer so far.</summary>
    public void HandOver(IConnectionTakeOver stream) => _stream = stream;

    private void Tick()
    {
        if (Volatile.Read(ref _ticked) is { } ticked)
            _tick!(ticked);
    }
}
