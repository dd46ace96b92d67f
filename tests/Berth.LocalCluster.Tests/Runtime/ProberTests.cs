using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Berth.LocalCluster.Runtime;

/// <summary>Probes of real sockets. The expected results are those of a kubelet 1.36.2.</summary>
public sealed class ProberTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("index.html", "/index.html")]
    [InlineData("index.html?x=1", "/index.html?x=1")]
    [InlineData("healthz?full=1#x", "/healthz?full=1")]
    [InlineData("http://other.test/x", "/x")]
    [InlineData("//x/y", "/y")]
    [InlineData("/a/../b", "/a/../b")]
    [InlineData("", "/")]
    [InlineData("?x=1", "/?x=1")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/%zz", "/%25zz")]
    [InlineData("/a%20b%2Fc", "/a%20b%2Fc")]
    [InlineData("/ä", "/%C3%A4")]
    public async Task Path_is_asked_for_as_a_kubelet_asks(string path, string asked)
    {
        (bool ready, string request) = await ProbeAsync(Good, new JsonObject { ["path"] = path });
        Assert.True(ready);
        Assert.StartsWith($"GET {asked} HTTP/1.1\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", "10.0.0.1", "a:b")]
    [InlineData("http", "[::1]", "/")]
    [InlineData("HTTPS", "[::1]", "index.html")]
    public void Address_that_a_kubelet_cannot_make_is_none(string scheme, string host, string path) =>
        Assert.Null(ProbeUrl.Of(scheme, host, 80, path));

    [Fact]
    public void Scheme_and_port_are_those_of_the_probe() =>
        Assert.Equal("https://[::1]:8443/index.html", ProbeUrl.Of("HTTPS", "::1", 8443, "index.html")!.ToString());

    [Theory]
    [InlineData("0.0.0.0", "http")]
    [InlineData("127.0.0.1", "http")]
    [InlineData("localhost", "http")]
    [InlineData("::1", "http")]
    [InlineData("::", "http")]
    [InlineData("0.0.0.0", "tcp")]
    [InlineData("::1", "tcp")]
    [InlineData("::", "tcp")]
    public async Task Host_of_all_interfaces_is_this_machine(string host, string kind)
    {
        using TcpListener server = new(
            host.Contains(':', StringComparison.Ordinal) ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);
        server.Start();
        Task serving = ServeAsync(server, _ => Good);
        JsonObject target = new() { ["host"] = host, ["port"] = PortOf(server) };
        using Prober prober = new();
        Assert.True(await prober.CheckAsync(
            new JsonObject { [kind == "http" ? "httpGet" : "tcpSocket"] = target }, "192.0.2.1", TestCluster.Token));
        server.Stop();
        await serving;
    }

    [Fact]
    public async Task Port_without_a_listener_is_a_failure()
    {
        using TcpListener server = Listen();
        int port = PortOf(server);
        server.Stop();
        using Prober prober = new();
        foreach (string kind in (string[])["httpGet", "tcpSocket", "grpc"])
        {
            JsonObject probe = new() { [kind] = new JsonObject { ["port"] = port } };
            Assert.False(await prober.CheckAsync(probe, "127.0.0.1", TestCluster.Token), kind);
        }
    }

    [Theory]
    [InlineData("204 No Content", "", true)]
    [InlineData("399 Odd", "Content-Length: 0\r\n", true)]
    [InlineData("400 Bad Request", "Content-Length: 0\r\n", false)]
    [InlineData("302 Found", "Location: http://elsewhere.test/\r\nContent-Length: 0\r\n", true)]
    [InlineData("302 Found", "Content-Length: 0\r\n", true)]
    [InlineData("302 Found", "Location: /\r\nContent-Length: 0\r\n", false)]
    [InlineData("302 Found", "Location: ftp://127.0.0.1/\r\nContent-Length: 0\r\n", false)]
    [InlineData("302 Found", "Location: http://[\r\nContent-Length: 0\r\n", false)]
    [InlineData("200 OK", "Content-Length: 100000\r\n", false)]
    [InlineData("nonsense", "", false)]
    public async Task Status_decides_and_redirects_of_the_host_are_followed(string status, string headers, bool good)
    {
        (bool ready, _) = await ProbeAsync($"HTTP/1.1 {status}\r\n{headers}\r\n", []);
        Assert.Equal(good, ready);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public async Task Redirects_are_followed_up_to_the_tenth_request(int redirects, bool good)
    {
        int left = redirects;
        using TcpListener server = Listen();
        Task serving = ServeAsync(
            server,
            _ => left-- > 0 ? $"HTTP/1.1 307 Go\r\nLocation: x{left}?a=b#c\r\nContent-Length: 0\r\n\r\n" : Good);
        Assert.Equal(good, await CheckAsync(server, new JsonObject { ["path"] = "/%zz/../a?x=1" }));
        server.Stop();
        await serving;
    }

    [Fact]
    public async Task Redirect_to_an_error_of_the_same_host_is_a_failure()
    {
        using TcpListener server = Listen();
        Task serving = ServeAsync(
            server,
            request => request.StartsWith("GET /bad ", StringComparison.Ordinal)
                ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
                : "HTTP/1.1 301 Moved\r\nLocation: /bad\r\nContent-Length: 0\r\n\r\n");
        Assert.False(await CheckAsync(server, []));
        server.Stop();
        await serving;
    }

    [Fact]
    public async Task Body_that_never_comes_is_waited_for()
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(TestCluster.Token);
        using TcpListener server = Listen();
        using Prober prober = new();
        Task<bool> check = prober.CheckAsync(Probe(server, []), "127.0.0.1", late.Token);
        using TcpClient client = await server.AcceptTcpClientAsync(TestCluster.Token);
        await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHell"u8.ToArray(), TestCluster.Token);
        Assert.False(check.IsCompleted);
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    [Fact]
    public async Task Headers_are_those_of_a_kubelet_unless_the_manifest_gives_them()
    {
        (_, string request) = await ProbeAsync(Good, []);
        Assert.Contains("\r\nUser-Agent: kube-probe/1.36\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nAccept: */*\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", request, StringComparison.Ordinal);
        (_, request) = await ProbeAsync(Good, new JsonObject
        {
            ["httpHeaders"] = new JsonArray(Header("User-Agent", "mine"), Header("Content-Type", "a/b"), Header("Host", "own.test")),
        });
        Assert.Contains("\r\nUser-Agent: mine\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: a/b\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nHost: own.test\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("known", true)]
    [InlineData("unknown", false)]
    [InlineData("stopping", false)]
    public async Task Grpc_probe_asks_the_health_of_a_service(string service, bool good)
    {
        await using WebApplication server = await HealthAsync();
        JsonObject probe = new() { ["grpc"] = new JsonObject { ["port"] = new Uri(server.Urls.Single()).Port, ["service"] = service } };
        using Prober prober = new();
        Assert.Equal(good, await prober.CheckAsync(probe, "127.0.0.1", TestCluster.Token));
    }

    [Fact]
    public async Task Grpc_probe_of_a_port_without_grpc_fails()
    {
        using TcpListener server = Listen();
        Task serving = ServeAsync(server, _ => Good);
        JsonObject probe = new() { ["grpc"] = new JsonObject { ["port"] = PortOf(server) } };
        using Prober prober = new();
        Assert.False(await prober.CheckAsync(probe, "127.0.0.1", TestCluster.Token));
        server.Stop();
        await serving;
    }

    private static JsonObject Header(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static async Task<(bool Ready, string Request)> ProbeAsync(string answer, JsonObject get)
    {
        string last = "";
        using TcpListener server = Listen();
        Task serving = ServeAsync(server, request =>
        {
            last = request;
            return answer;
        });
        bool ready = await CheckAsync(server, get);
        server.Stop();
        await serving;
        return (ready, last);
    }

    private static async Task<bool> CheckAsync(TcpListener server, JsonObject get)
    {
        using Prober prober = new();
        return await prober.CheckAsync(Probe(server, get), "127.0.0.1", TestCluster.Token);
    }

    private static JsonObject Probe(TcpListener server, JsonObject get)
    {
        get["port"] = PortOf(server);
        return new JsonObject { ["httpGet"] = get };
    }

    private static TcpListener Listen()
    {
        TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    private static int PortOf(TcpListener server) => ((IPEndPoint)server.LocalEndpoint).Port;

    /// <summary>Answers one request of each connection, until the listener stops.</summary>
    private static async Task ServeAsync(TcpListener server, Func<string, string> answer)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await server.AcceptTcpClientAsync(TestCluster.Token);
                string request = await HeadAsync(client.GetStream());
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer(request)), TestCluster.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidOperationException)
        {
            // The test is over, or the client went away.
        }
    }

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(buffer, TestCluster.Token) is > 0 and var count)
        {
            head.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return head.ToString();
    }

    /// <summary>The health service of gRPC, where "stopping" does not serve and "unknown" is not known.</summary>
    private static async Task<WebApplication> HealthAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        WebApplication server = builder.Build();
        server.MapPost("/grpc.health.v1.Health/Check", async (HttpContext http) =>
        {
            using MemoryStream question = new();
            await http.Request.Body.CopyToAsync(question, http.RequestAborted);
            string asked = Encoding.UTF8.GetString(question.ToArray().AsSpan(5) is { Length: > 2 } message ? message[2..] : []);
            bool known = asked is "" or "known" or "stopping";
            http.Response.ContentType = "application/grpc";
            if (known)
            {
                byte[] answer = [0, 0, 0, 0, 2, 8, (byte)(asked == "stopping" ? 2 : 1)];
                await http.Response.Body.WriteAsync(answer, http.RequestAborted);
            }

            http.Response.AppendTrailer("grpc-status", known ? "0" : "5");
        });
        await server.StartAsync(TestCluster.Token);
        return server;
    }
}
