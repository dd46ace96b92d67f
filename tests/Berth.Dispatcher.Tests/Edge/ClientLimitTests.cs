using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Limits of a client, over real sockets.</summary>
public sealed class ClientLimitTests
{
    private const string Watch = "/v1/watch/k8s-example2/service-b";

    [Fact]
    public async Task Requests_above_the_rate_are_429_with_a_time()
    {
        await using EdgeServer edge = await StartAsync(new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 2 });
        using HttpClient client = edge.Client();
        Assert.NotEmpty(await client.GetStringAsync("/", DispatcherFixture.Cancelled));
        Assert.NotEmpty(await client.GetStringAsync("/v1/endpoints/k8s-example2/service-b", DispatcherFixture.Cancelled));

        using HttpResponseMessage refused = await client.GetAsync("/", DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
        Assert.Contains(
            "urn:berth:problem:too-many-requests", await refused.Content.ReadAsStringAsync(DispatcherFixture.Cancelled),
            StringComparison.Ordinal);
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz", DispatcherFixture.Cancelled));
        edge.Time.Advance(TimeSpan.FromSeconds(1));
        string metrics = await client.GetStringAsync("/metrics", DispatcherFixture.Cancelled);
        Assert.Contains("berth_refused_total{berth_limit=\"requests\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "_count{http_request_method=\"GET\",http_route=\"/\",http_response_status_code=\"429\",url_scheme=\"http\"} 1\n", metrics,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_behind_a_trusted_proxy_are_counted_apart()
    {
        await using EdgeServer edge = await StartAsync(
            new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 1, Connections = 1 }, "127.0.0.0/8");
        using HttpClient client = edge.Client();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(client, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(client, "10.9.9.9, 203.0.113.1"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "203.0.113.2"));
        // The connections of a proxy are those of many clients.
        using HttpClient second = edge.Client();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second, "203.0.113.3"));
    }

    [Fact]
    public async Task Header_of_a_client_that_is_no_proxy_does_not_count()
    {
        await using EdgeServer edge = await StartAsync(new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 1 }, "192.0.2.0/24");
        using HttpClient client = edge.Client();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(client, "203.0.113.2"));
    }

    [Fact]
    public async Task Watches_above_the_limit_are_429_until_one_ends()
    {
        await using EdgeServer edge = await StartAsync(new DispatcherClientLimits { Watchers = 2 });
        using HttpClient client = edge.Client();
        HttpResponseMessage first = await OpenAsync(client);
        using HttpResponseMessage second = await OpenAsync(client);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);

        using HttpResponseMessage third = await OpenAsync(client);
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal("10", third.Headers.GetValues("Retry-After").Single());
        using HttpRequestMessage head = new(HttpMethod.Head, Watch);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(head, DispatcherFixture.Cancelled)).StatusCode);
        first.Dispose();

        await Wait.UntilAsync(
            async () =>
            {
                using HttpResponseMessage again = await OpenAsync(client);
                return again.StatusCode;
            },
            static status => status == HttpStatusCode.OK, Wait.Limit, "a watch after one has ended", DispatcherFixture.Cancelled);
    }

    [Fact]
    public async Task Connections_above_the_limit_get_429_until_one_ends()
    {
        await using EdgeServer edge = await StartAsync(new DispatcherClientLimits { Connections = 1 });
        using (TcpClient open = await ConnectAsync(edge))
        {
            Assert.StartsWith("HTTP/1.1 200", await ExchangeAsync(open, Get("keep-alive"), "10.88.0.10:3000"), StringComparison.Ordinal);
            using TcpClient more = await ConnectAsync(edge);
            string refused = await ExchangeAsync(more, "", null);
            Assert.StartsWith("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n", refused, StringComparison.Ordinal);
        }

        await Wait.UntilAsync(
            async () =>
            {
                using TcpClient later = await ConnectAsync(edge);
                return await ExchangeAsync(later, Get("close"), null);
            },
            static answer => answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), Wait.Limit, "a connection after one has ended",
            DispatcherFixture.Cancelled);
    }

    [Theory]
    [InlineData("203.0.113.1", "203.0.113.1", HttpStatusCode.TooManyRequests)]
    [InlineData("203.0.113.1", "203.0.113.2", HttpStatusCode.OK)]
    [InlineData("2001:db8::1", "2001:db8::2", HttpStatusCode.TooManyRequests)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", HttpStatusCode.OK)]
    public async Task PROXY_protocol_states_the_client(string first, string second, HttpStatusCode status)
    {
        await using EdgeServer edge = await StartAsync(
            new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 1 }, "127.0.0.0/8", proxyProtocol: true);
        foreach ((string address, HttpStatusCode expected) in new[] { (first, HttpStatusCode.OK), (second, status) })
        {
            using TcpClient client = await ConnectAsync(edge);
            await client.GetStream().WriteAsync(ProxyHeaderBytes.Of(address), DispatcherFixture.Cancelled);
            string answer = await ExchangeAsync(client, Get("close"), null);
            Assert.StartsWith($"HTTP/1.1 {(int)expected} ", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Header_in_pieces_is_read_and_a_LOCAL_one_too()
    {
        await using EdgeServer edge = await StartAsync(null, "127.0.0.0/8", proxyProtocol: true);
        foreach (byte[] header in new[] { ProxyHeaderBytes.Of("203.0.113.1"), ProxyHeaderBytes.Local })
        {
            using TcpClient client = await ConnectAsync(edge);
            client.NoDelay = true;
            foreach (byte b in header)
                await client.GetStream().WriteAsync(new[] { b }, DispatcherFixture.Cancelled);
            Assert.StartsWith("HTTP/1.1 200 ", await ExchangeAsync(client, Get("close"), null), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("127.0.0.0/8", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("127.0.0.0/8", "PROXY TCP4 203.0.113.1 10.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("192.0.2.0/24", null)]
    public async Task Connection_without_a_header_of_a_trusted_proxy_is_cut(string proxies, string? sent)
    {
        await using EdgeServer edge = await StartAsync(null, proxies, proxyProtocol: true);
        string answer = "";
        try
        {
            using TcpClient client = await ConnectAsync(edge);
            if (sent is null)
                await client.GetStream().WriteAsync(ProxyHeaderBytes.Of("203.0.113.1"), DispatcherFixture.Cancelled);
            answer = await ExchangeAsync(client, sent ?? Get("close"), null);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // Cut before everything was sent.
        }

        Assert.Equal("", answer);
        using HttpClient admin = new() { BaseAddress = new Uri(edge.Server.AdminAddresses[0]) };
        Assert.Contains(
            "berth_refused_total{berth_limit=\"proxy-protocol\"} 1\n", await admin.GetStringAsync("/metrics", DispatcherFixture.Cancelled),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_that_does_not_come_ends_the_connection()
    {
        await using EdgeServer edge = await StartAsync(null, "127.0.0.0/8", proxyProtocol: true);
        using TcpClient client = await ConnectAsync(edge);
        Task<string> answer = ExchangeAsync(client, "\r\n\r\n", null);
        await edge.Time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(5), DispatcherFixture.Cancelled);
        while (!answer.IsCompleted)
        {
            edge.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(answer, Task.Run(static () => { }));
        }

        Assert.Equal("", await answer);
    }

    [Fact]
    public void Faults_of_these_options_are_named_together()
    {
        string message = string.Join('\n', new DispatcherOptions
        {
            Targets = EdgeServer.Targets,
            ClientLimits = new DispatcherClientLimits { Burst = 0, Connections = 0, Watchers = 2_000_000, IPv6Prefix = 8 },
            ProxyProtocol = true,
        }.FindFaults());
        string[] parts =
        [
            "Burst is 0. Give 1 to 1000000.", "Connections is 0. Give 1 to 1000000.", "Watchers is 2000000. Give 1 to 1000000.",
            "IPv6Prefix is 8. Give 32 to 128.", "Burst is given, and RequestsPerSecond is not.",
            "PROXY protocol is on, and no proxy is trusted",
        ];
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private static string Get(string connection) => $"GET / HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\n\r\n";

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string forwarded)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-For", forwarded);
        using HttpResponseMessage response = await client.SendAsync(request, DispatcherFixture.Cancelled);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> OpenAsync(HttpClient client) =>
        client.GetAsync(Watch, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);

    private static async Task<TcpClient> ConnectAsync(EdgeServer edge)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, edge.PortOf(), DispatcherFixture.Cancelled);
        return client;
    }

    /// <summary>Sends a text, and reads until another or the end. A cut connection is an end.</summary>
    private static async Task<string> ExchangeAsync(TcpClient client, string text, string? until)
    {
        StringBuilder received = new();
        try
        {
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text), DispatcherFixture.Cancelled);
            byte[] buffer = new byte[4096];
            while (until is null || !received.ToString().Contains(until, StringComparison.Ordinal))
            {
                int read = await stream.ReadAsync(buffer, DispatcherFixture.Cancelled).AsTask().WaitAsync(Wait.Limit);
                if (read == 0)
                    break;
                received.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Cut.
        }

        return received.ToString();
    }

    private static Task<EdgeServer> StartAsync(DispatcherClientLimits? limits, string? proxies = null, bool proxyProtocol = false) =>
        EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets,
            Urls = ["http://127.0.0.1:0"],
            AdminUrls = proxyProtocol ? ["http://127.0.0.1:0"] : [],
            ClientLimits = limits,
            TrustedProxies = proxies is null ? [] : [IPNetwork.Parse(proxies)],
            ProxyProtocol = proxyProtocol,
        });
}
