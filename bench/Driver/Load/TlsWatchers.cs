using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Berth.Bench.Load;

/// <summary>Many clients over TLS that request a stream, receive its first part, and then only wait.</summary>
internal sealed class TlsWatchers : IDisposable
{
    private const int AtOnce = 16;

    private readonly List<SslStream> _streams = [];

    /// <summary>Connects them and waits until each has received a text.</summary>
    public async Task ConnectAsync(string url, string path, int count, string text)
    {
        byte[] request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        ParallelOptions some = new() { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), some, async (_, cancellation) =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(url).Port, cancellation);
            SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
            lock (_streams)
                _streams.Add(stream);
            SslClientAuthenticationOptions options = new()
            {
                TargetHost = "127.0.0.1",
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            };
            await stream.AuthenticateAsClientAsync(options, cancellation);
            await stream.WriteAsync(request, cancellation);
            await ReceiveAsync(stream, text, cancellation);
        });
    }

    public void Dispose()
    {
        foreach (SslStream stream in _streams)
            stream.Dispose();
    }

    private static async Task ReceiveAsync(SslStream stream, string text, CancellationToken cancellation)
    {
        byte[] buffer = new byte[2048];
        for (string received = ""; !received.Contains(text, StringComparison.Ordinal);)
        {
            int read = await stream.ReadAsync(buffer, cancellation);
            if (read == 0)
                throw new InvalidOperationException($"A watcher received '{received}' and then the end.");
            received += Encoding.UTF8.GetString(buffer, 0, read);
        }
    }
}
