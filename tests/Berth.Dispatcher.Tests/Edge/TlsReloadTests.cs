using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Certificates that change while the server runs.</summary>
public sealed class TlsReloadTests : IDisposable
{
    private readonly TlsFiles _files = new();

    [Fact]
    public async Task Swapped_secret_counts_for_new_connections_and_drops_none()
    {
        using X509Certificate2 first = _files.Authority.Server("localhost");
        using X509Certificate2 second = _files.Authority.Server("localhost");
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(_files.Swap(first)));
        await using SslStream open = await edge.ConnectAsync(_files.Authority);
        Assert.Equal(first.SerialNumber, SerialOf(open));

        _files.Swap(second);
        await edge.ReloadAsync("has a new certificate, valid until");

        await using SslStream later = await edge.ConnectAsync(_files.Authority);
        Assert.Equal(second.SerialNumber, SerialOf(later));
        foreach (SslStream stream in new[] { open, later })
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), DispatcherFixture.Cancelled);
            using StreamReader reader = new(stream);
            Assert.EndsWith(
                "\r\n\r\n10.88.0.10:3000", await reader.ReadToEndAsync(DispatcherFixture.Cancelled), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bad_pair_at_a_reload_keeps_the_earlier_one_and_says_so_once()
    {
        using X509Certificate2 first = _files.Authority.Server("localhost");
        using X509Certificate2 other = _files.Authority.Server("localhost");
        DispatcherCertificate pair = _files.Write("server", first);
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(pair));

        // The certificate comes before its key.
        _files.Write("server.crt", other.ExportCertificatePem());
        await edge.ReloadAsync("do not make a pair");
        edge.Time.Advance(TimeSpan.FromSeconds(5));
        await using (SslStream stream = await edge.ConnectAsync(_files.Authority))
            Assert.Equal(first.SerialNumber, SerialOf(stream));
        _files.Write("server.key", TestAuthority.KeyPem(other));
        await edge.ReloadAsync("has a new certificate, valid until");

        await using SslStream later = await edge.ConnectAsync(_files.Authority);
        Assert.Equal(other.SerialNumber, SerialOf(later));
        string kept = Assert.Single(edge.Log.Texts, static t => t.Contains("do not make a pair", StringComparison.Ordinal));
        Assert.Contains("The earlier certificate stays; it expires at 20", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", kept, StringComparison.Ordinal);
        using HttpClient client = edge.Client(_files.Authority);
        string metrics = await client.GetStringAsync("/metrics", DispatcherFixture.Cancelled);
        Assert.Contains(
            "berth_reloads_total{berth_reload_subject=\"tls\",berth_reload_result=\"refused\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "berth_reloads_total{berth_reload_subject=\"tls\",berth_reload_result=\"ok\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_file_at_a_reload_is_said_once_and_its_return_is_taken()
    {
        using X509Certificate2 first = _files.Authority.Server("localhost");
        DispatcherCertificate pair = _files.Write("server", first);
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(pair));
        File.Delete(pair.KeyFile);
        await edge.ReloadAsync("There is no file");
        edge.Time.Advance(TimeSpan.FromSeconds(5));

        using X509Certificate2 second = _files.Authority.Server("localhost");
        _files.Write("server", second);
        await edge.ReloadAsync("has a new certificate");

        await using SslStream later = await edge.ConnectAsync(_files.Authority);
        Assert.Equal(second.SerialNumber, SerialOf(later));
        Assert.Single(edge.Log.Texts, static t => t.Contains("There is no file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_authority_of_clients_counts_for_new_connections()
    {
        using TestAuthority before = new("Before");
        using TestAuthority after = new("After");
        string path = _files.Write("clients.crt", before.Pem);
        await using EdgeServer edge = await EdgeServer.StartAsync(
            _files.Options(path, _files.Write("server", _files.Authority.Server("localhost"))));
        using HttpClient early = edge.Client(_files.Authority, own: after.Client("lobby"));
        await Assert.ThrowsAsync<HttpRequestException>(() => early.GetStringAsync("/", DispatcherFixture.Cancelled));

        _files.Write("clients.crt", "nothing");
        await edge.ReloadAsync("contains no certificate in PEM");
        _files.Write("clients.crt", after.Pem);
        await edge.ReloadAsync("has new CAs of clients: 1");

        using HttpClient late = edge.Client(_files.Authority, own: after.Client("lobby"));
        Assert.NotEmpty(await late.GetStringAsync("/", DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Expiry_of_each_certificate_is_a_metric()
    {
        using X509Certificate2 certificate = _files.Authority.Server("localhost");
        DispatcherCertificate pair = _files.Write("server", certificate);
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(pair));
        using HttpClient client = edge.Client(_files.Authority);

        string metrics = await client.GetStringAsync("/metrics", DispatcherFixture.Cancelled);

        string expiry = new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Contains(
            $"berth_tls_certificate_expiry_seconds{{file_path=\"{pair.CertificateFile}\"}} {expiry}\n", metrics, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static string SerialOf(SslStream stream) => ((X509Certificate2)stream.RemoteCertificate!).SerialNumber;
}
