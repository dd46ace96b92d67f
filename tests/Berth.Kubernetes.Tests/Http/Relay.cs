using System.Net;
using System.Net.Sockets;

namespace Berth.Kubernetes.Tests.Http;

/// <summary>Stands between client and server and can fall silent: both ends stay open, and no byte passes any more.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _ends = [];
    private readonly Task _accepting;
    private volatile bool _silent;
    private int _accepted;

    public Relay(Func<int> serverPort)
    {
        _listener.Start();
        _accepting = AcceptAsync(serverPort);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections made so far carry nothing any more; later ones do.</summary>
    public void SilenceTheseConnections() => _silent = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (TcpClient end in _ends)
            end.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<int> serverPort)
    {
        var pumps = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync(_stop.Token);
                bool mayFallSilent = !_silent;
                Interlocked.Increment(ref _accepted);
                var far = new TcpClient();
                _ends.AddRange([near, far]);
                try
                {
                    await far.ConnectAsync(IPAddress.Loopback, serverPort(), _stop.Token);
                }
                catch (SocketException)
                {
                    near.Dispose();
                    continue;
                }
                pumps.Add(PumpAsync(near, far, mayFallSilent));
                pumps.Add(PumpAsync(far, near, mayFallSilent));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(pumps);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool mayFallSilent)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            using TcpClient ended = to;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                if (!(_silent && mayFallSilent))
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // One end is gone; so is the other, then.
        }
    }
}
