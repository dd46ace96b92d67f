using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Berth.TestKit;

/// <summary>
/// A relay between client and server on the level of HTTP/2 frames, with TLS on both sides. It sends what our test servers cannot send:
/// GOAWAY with a last stream below the open ones, or below one that was just requested.
/// </summary>
/// <param name="certificate">Shown to clients.</param>
/// <param name="serverPort">Where the server listens, asked at each connection.</param>
public sealed class FrameRelay(X509Certificate2 certificate, Func<int> serverPort) : IAsyncDisposable
{
    private readonly TcpListener _listener = StartListener();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<FrameLink> _links = [];
    private Task _accepting = Task.CompletedTask;
    private int _accepted;
    private int _refused;
    private int _roundTripPings;

    /// <summary>The address that clients connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of connections that clients have made.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>The number of requests that GOAWAY refused and that never reached the server.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The number of PINGs with which clients measured a round trip. .NET gives these a negative number.</summary>
    public int RoundTripPings => Volatile.Read(ref _roundTripPings);

    /// <summary>
    /// True to answer the next request with GOAWAY that names the stream before it as the last; it goes back to false by itself.
    /// </summary>
    public bool RefusesNext { get; set; }

    /// <summary>Begins to accept connections.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>Sends GOAWAY on every connection: streams above the last one were not handled and never will be.</summary>
    public async Task GoAwayAsync(int lastStream)
    {
        FrameLink[] links;
        lock (_links)
            links = [.. _links];
        foreach (FrameLink link in links)
            await link.GoAwayAsync(lastStream, _stop.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>True to refuse a request on any connection.</summary>
    internal bool TakeRefusal()
    {
        if (!RefusesNext)
            return false;
        RefusesNext = false;
        Interlocked.Increment(ref _refused);
        return true;
    }

    internal void CountPing() => Interlocked.Increment(ref _roundTripPings);

    private static TcpListener StartListener()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task AcceptAsync()
    {
        List<Task> running = new();
        try
        {
            while (true)
                running.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task FollowAsync(FrameLink link)
    {
        Interlocked.Increment(ref _accepted);
        lock (_links)
            _links.Add(link);
        try
        {
            await link.RunAsync(_stop.Token);
        }
        finally
        {
            lock (_links)
                _links.Remove(link);
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using TcpClient near = accepted;
        using TcpClient far = new();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, serverPort(), _stop.Token);
            await using SslStream client = new(near.GetStream());
            await client.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                },
                _stop.Token);
#pragma warning disable MA0039 // Only the server in this process can answer: its certificate is the one we have.
            await using SslStream server = new(
                far.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => certificate.Equals(shown));
#pragma warning restore MA0039
            await server.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", ApplicationProtocols = [SslApplicationProtocol.Http2] },
                _stop.Token);
            using FrameLink link = new(this, client, server);
            await FollowAsync(link);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException
            or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // One end has closed, so the other must close too.
        }
    }
}
