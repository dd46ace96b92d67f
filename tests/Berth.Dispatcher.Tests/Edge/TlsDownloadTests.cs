using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>A certificate that names an OCSP responder and the file of its issuer makes the server ask neither.</summary>
public sealed class TlsDownloadTests : IDisposable
{
    private readonly TlsFiles _files = new();
    private readonly TcpListener _named = new(IPAddress.Loopback, 0);

    [Theory]
    // Without its issuer in the file a chain would be completed by a download; with it, OCSP could be asked.
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_handshakes_and_reload_ask_no_named_server(bool hasIssuer)
    {
        _named.Start();
        string root = $"http://127.0.0.1:{((IPEndPoint)_named.LocalEndpoint).Port}/";
        using TestAuthority between = new(_files.Authority, "Between") { Names = (root + "ocsp", root + "issuer.crt") };
        // Clients know the authority in between, so that they need no download either.
        string chain = hasIssuer ? between.Pem + "\n" + _files.Authority.Pem : "";
        DispatcherCertificate pair = _files.Write("server", between.Server("localhost"), chain);
        await using (EdgeServer edge = await EdgeServer.StartAsync(_files.Options(pair)))
        {
            await AskAsync(edge, between);
            _files.Write("server", between.Server("localhost"), chain);
            await edge.ReloadAsync("has a new certificate, valid until");
            await AskAsync(edge, between);
        }

        Assert.False(_named.Pending(), "The server has connected to an address that its certificate names.");
    }

    public void Dispose()
    {
        _named.Dispose();
        _files.Dispose();
    }

    private static async Task AskAsync(EdgeServer edge, TestAuthority between)
    {
        for (int i = 0; i < 3; i++)
        {
            await using SslStream stream = await edge.ConnectAsync(
                between,
                static options => options.CertificateChainPolicy!.VerificationFlags =
                    System.Security.Cryptography.X509Certificates.X509VerificationFlags.AllowUnknownCertificateAuthority);
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), DispatcherFixture.Cancelled);
            using StreamReader reader = new(stream);
            Assert.EndsWith("10.88.0.10:3000", await reader.ReadToEndAsync(DispatcherFixture.Cancelled), StringComparison.Ordinal);
        }
    }
}
