using System.Net.Sockets;

namespace Berth.LocalCluster.Runtime;

/// <summary>A TCP port that gives its connections to a function until it is closed. The connections outlive it.</summary>
internal sealed class TcpPort : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Action<Socket> _take;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    /// <param name="listener">A socket that listens. The port owns it.</param>
    /// <param name="take">Gets each connection.</param>
    /// <param name="failed">Called when accepting begins to fail.</param>
    /// <param name="time">The clock.</param>
    public TcpPort(Socket listener, Action<Socket> take, Action<Exception> failed, TimeProvider time)
    {
        _listener = listener;
        _take = take;
        _accepting = PortLoop.RunAsync(AcceptAsync, failed, time, _closing.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Task cancelled = _closing.CancelAsync();
        // The socket is closed before any wait, because another port may be opened at the address right after this call.
        _listener.Dispose();
        await cancelled.ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task AcceptAsync(CancellationToken closing) => _take(await _listener.AcceptAsync(closing).ConfigureAwait(false));
}
