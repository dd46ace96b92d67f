using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>TLS of service A over real sockets.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TlsFiles _files = new();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Requests_are_answered_by_HTTP_1_1_and_HTTP_2(string version)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client(_files.Authority);
        using HttpRequestMessage request = new(HttpMethod.Get, "/")
        {
            Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage response = await client.SendAsync(request, DispatcherFixture.Cancelled);

        Assert.Equal(Version.Parse(version), response.Version);
        Assert.Equal("10.88.0.10:3000", await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.StartsWith("https://127.0.0.1:", edge.Server.Addresses[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Watch_is_sent_by_HTTP_1_1_and_HTTP_2(string version)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client(_files.Authority);
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/watch/k8s-example2/service-b")
        {
            Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
        await ReadUntilAsync(reader, "event: snapshot");

        await edge.Source.PublishAsync(
            edge.View, [DispatcherFixture.Pod(0), DispatcherFixture.Pod(1)], cancellationToken: DispatcherFixture.Cancelled);

        await ReadUntilAsync(reader, "event: changes");
        // A stream over HTTP/2 leaves its connection to other requests.
        Assert.NotEmpty(await client.GetStringAsync("/", DispatcherFixture.Cancelled));
        Task stopped = edge.Server.StopAsync(DispatcherFixture.Cancelled);
        Assert.NotNull(await reader.ReadToEndAsync(DispatcherFixture.Cancelled));
        await stopped;
    }

    [Fact]
    public async Task Client_that_sends_during_a_watch_over_TLS_ends_it()
    {
        await using EdgeServer edge = await StartAsync();
        await using SslStream stream = await edge.ConnectAsync(_files.Authority);
        await SendAsync(stream, "GET /v1/watch/k8s-example2/service-b HTTP/1.1\r\nHost: a\r\n\r\n");
        using StreamReader reader = new(stream);
        await ReadUntilAsync(reader, "event: mark");
        Assert.Equal(1, await WatchersAsync(edge));

        await SendAsync(stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        await Wait.UntilAsync(() => WatchersAsync(edge), static n => n == 0, Wait.Limit, "no watcher", DispatcherFixture.Cancelled);
    }

    [Fact]
    public async Task Client_that_leaves_a_watch_over_TLS_is_noticed_at_once()
    {
        await using EdgeServer edge = await StartAsync();
        SslStream stream = await edge.ConnectAsync(_files.Authority);
        await SendAsync(stream, "GET /v1/watch/k8s-example2/service-b HTTP/1.1\r\nHost: a\r\n\r\n");
        using StreamReader reader = new(stream);
        await ReadUntilAsync(reader, "event: mark");

        await stream.DisposeAsync();

        await Wait.UntilAsync(() => WatchersAsync(edge), static n => n == 0, Wait.Limit, "no watcher", DispatcherFixture.Cancelled);
    }

    [Fact]
    public async Task Each_host_name_gets_its_certificate_and_others_the_first()
    {
        DispatcherCertificate first = _files.Write("first", _files.Authority.Server("one.example.com", "localhost"));
        DispatcherCertificate second = _files.Write("second", _files.Authority.Server("*.two.example.com", "TWO.example.com"));
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(first, second));
        foreach (string host in new[] { "one.example.com", "localhost", "two.example.com", "play.two.example.com", "PLAY.two.example.com" })
        {
            using HttpClient client = edge.Client(_files.Authority, host);
            Assert.NotEmpty(await client.GetStringAsync("/", DispatcherFixture.Cancelled));
        }

        // The first certificate is not for these names, and the client says so.
        foreach (string host in new[] { "other.example.com", "a.b.two.example.com" })
        {
            using HttpClient client = edge.Client(_files.Authority, host);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/", DispatcherFixture.Cancelled));
        }
    }

    [Fact]
    public async Task Chain_in_the_file_is_sent()
    {
        using TestAuthority between = new(_files.Authority, "Between");
        DispatcherCertificate pair = _files.Write("server", between.Server("localhost"), between.Pem);
        await using EdgeServer edge = await EdgeServer.StartAsync(_files.Options(pair));
        using HttpClient client = edge.Client(_files.Authority);
        Assert.NotEmpty(await client.GetStringAsync("/", DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task TLS_1_1_is_refused()
    {
        await using EdgeServer edge = await StartAsync();
#pragma warning disable CA5397, CA5398, SYSLIB0039 // The old protocol is what is tested.
        await Assert.ThrowsAnyAsync<Exception>(() => edge.ConnectAsync(
            _files.Authority, static options => options.EnabledSslProtocols = SslProtocols.Tls11));
        foreach (SslProtocols protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            await using SslStream stream = await edge.ConnectAsync(_files.Authority, options => options.EnabledSslProtocols = protocol);
            Assert.Equal(protocol, stream.SslProtocol);
        }
#pragma warning restore CA5397, CA5398, SYSLIB0039
    }

    [Fact]
    public async Task Plain_HTTP_on_the_TLS_port_gets_no_answer_and_no_log_line()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/", DispatcherFixture.Cancelled));
        Assert.DoesNotContain(edge.Log.Entries, static e => e.Level > Microsoft.Extensions.Logging.LogLevel.Information);
    }

    [Fact]
    public async Task Client_certificate_of_another_authority_ends_the_handshake()
    {
        using TestAuthority clients = new("Clients");
        string authority = _files.Write("clients.crt", clients.Pem);
        await using EdgeServer edge = await EdgeServer.StartAsync(
            _files.Options(authority, _files.Write("server", _files.Authority.Server("localhost"))));
        using HttpClient known = edge.Client(_files.Authority, own: clients.Client("lobby"));
        Assert.NotEmpty(await known.GetStringAsync("/", DispatcherFixture.Cancelled));

        using HttpClient stranger = edge.Client(_files.Authority, own: _files.Authority.Client("lobby"));
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetStringAsync("/", DispatcherFixture.Cancelled));
        using HttpClient server = edge.Client(_files.Authority, own: clients.Server("lobby"));
        await Assert.ThrowsAsync<HttpRequestException>(() => server.GetStringAsync("/", DispatcherFixture.Cancelled));
    }

    public void Dispose() => _files.Dispose();

    private static Task SendAsync(SslStream stream, string text) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), DispatcherFixture.Cancelled).AsTask();

    private static async Task ReadUntilAsync(StreamReader reader, string line)
    {
        string? read;
        do
        {
            read = await reader.ReadLineAsync(DispatcherFixture.Cancelled).AsTask().WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
            Assert.NotNull(read);
        }
        while (read != line);
    }

    private async Task<double> WatchersAsync(EdgeServer edge)
    {
        using HttpClient client = edge.Client(_files.Authority);
        string text = await client.GetStringAsync("/metrics", DispatcherFixture.Cancelled);
        return double.Parse(
            text.Split('\n').Single(static l => l.StartsWith($"berth_watchers{{{DispatcherFixture.OfB}}}", StringComparison.Ordinal))
                .Split(' ')[^1],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private Task<EdgeServer> StartAsync() =>
        EdgeServer.StartAsync(_files.Options(_files.Write("server", _files.Authority.Server("localhost"))));
}
