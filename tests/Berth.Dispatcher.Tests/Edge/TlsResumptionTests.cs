using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>
/// Clients that come again resume their session: the server does not send its certificate then (RFC 8446, 2.2), which shows in the number
/// of bytes. Tickets belong to one certificate: after a new one, the first handshake of each client is a full one.
/// </summary>
public sealed class TlsResumptionTests : IDisposable
{
    // The client keeps sessions by host name, for the whole process, and no other test uses this one.
    private const string Host = "resumed.example";

    private readonly TlsFiles _files = new();

    [Fact]
    public async Task Second_handshake_is_resumed_until_the_certificate_is_replaced()
    {
        using X509Certificate2 first = _files.Authority.Server(Host);
        using X509Certificate2 second = _files.Authority.Server(Host);
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(_files.Swap(first)));

        (int full, string serial) = await ShakeHandsAsync(edge);
        Assert.Equal(first.SerialNumber, serial);
        for (int i = 0; i < 3; i++)
            Assert.InRange((await ShakeHandsAsync(edge)).Received, 1, full - first.RawDataMemory.Length);

        _files.Swap(second);
        await edge.ReloadAsync("has a new certificate, valid until");

        (int renewed, serial) = await ShakeHandsAsync(edge);
        // Lengths of signatures differ by some bytes.
        Assert.InRange(renewed, full - 32, full + 32);
        Assert.Equal(second.SerialNumber, serial);
        Assert.InRange((await ShakeHandsAsync(edge)).Received, 1, renewed - second.RawDataMemory.Length);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Connects, asks once, and leaves; the tickets come with the answer.</summary>
    private async Task<(int Received, string Serial)> ShakeHandsAsync(EdgeServer edge)
    {
        RecordedStream? recorded = null;
        await using SslStream stream = await edge.ConnectAsync(
            _files.Authority,
            static options =>
            {
                options.TargetHost = Host;
#pragma warning disable CA5398 // Only this version is tested.
                options.EnabledSslProtocols = SslProtocols.Tls13;
#pragma warning restore CA5398
            },
            transport => recorded = new RecordedStream(transport));
        int received = recorded!.ReceivedLength;
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), DispatcherFixture.Cancelled);
        using StreamReader reader = new(stream);
        Assert.EndsWith("10.88.0.10:3000", await reader.ReadToEndAsync(DispatcherFixture.Cancelled), StringComparison.Ordinal);
        return (received, ((X509Certificate2)stream.RemoteCertificate!).SerialNumber);
    }
}
