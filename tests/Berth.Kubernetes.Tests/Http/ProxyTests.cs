using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Tests.Http;

public sealed class ProxyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tunnel_leads_to_a_name_that_only_the_proxy_knows()
    {
        using TestAuthority authority = new();
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, authority.Server("api.test"));
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using ApiHarness harness = new(Access(authority, $"http://me:p%40ss@{listener.LocalEndpoint}"));
        Task<string> asking = harness.TextAsync("/version");

        using TcpClient client = await listener.AcceptTcpClientAsync(Cancelled);
        string request = await ReadRequestAsync(client);
        using TcpClient beyond = new();
        await beyond.ConnectAsync(IPAddress.Loopback, server.Port, Cancelled);
        await client.GetStream().WriteAsync("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"u8.ToArray(), Cancelled);
        Task relaying = Task.WhenAll(
            client.GetStream().CopyToAsync(beyond.GetStream(), Cancelled), beyond.GetStream().CopyToAsync(client.GetStream(), Cancelled));

        Assert.Contains("HTTP/2", await asking, StringComparison.Ordinal);
        string credential = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:p@ss"));
        Assert.Equal($"CONNECT api.test:6443 HTTP/1.1\r\nHost: api.test:6443\r\nProxy-Authorization: Basic {credential}\r\n\r\n", request);
        harness.Dispose();
        client.Close();
        beyond.Close();
        await Task.WhenAny(relaying);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "refuses the tunnel: it answers \"HTTP/1.1 407 Proxy Authentication Required\"")]
    [InlineData("SSH-2.0-x\r\n\r\n", "it answers \"SSH-2.0-x\"")]
    [InlineData("", "it answers \"\"")]
    public async Task Refusal_of_the_proxy_is_reported(string answer, string expected)
    {
        using TestAuthority authority = new();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using ApiHarness harness = new(Access(authority, $"http://{listener.LocalEndpoint}"));
        Task<string> asking = harness.TextAsync("/version");
        using (TcpClient client = await listener.AcceptTcpClientAsync(Cancelled))
        {
            await ReadRequestAsync(client);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Cancelled);
        }

        KubernetesUnreachableException exception = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => asking);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains("(HTTPS_PROXY)", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.test:6443", "", true)]
    [InlineData("https://api.test:6443", "other.test,test.example", true)]
    [InlineData("https://api.test:6443", "api.test", false)]
    [InlineData("https://API.test:6443", " .TEST , x", false)]
    [InlineData("https://test:6443", ".test", true)]
    [InlineData("https://a.api.test:6443", "api.test", false)]
    [InlineData("https://myapi.test:6443", "api.test", true)]
    [InlineData("https://a.api.test:6443", "*.api.test", false)]
    [InlineData("https://api.test:6443", "api.test:443", true)]
    [InlineData("https://api.test:6443", "api.test:6443", false)]
    [InlineData("https://api.test:6443", "*", false)]
    [InlineData("https://10.1.2.3:6443", "10.0.0.0/8", false)]
    [InlineData("https://10.1.2.3:6443", "10.1.2.3", false)]
    [InlineData("https://10.1.2.3:6443", "10.1.2.4,2.3", true)]
    [InlineData("https://[fd00::1]:6443", "fd00::/8", false)]
    [InlineData("https://[fd00::1]:6443", "[fd00::1]:6443", false)]
    [InlineData("https://[fd00::1]:6443", "fd00::2", true)]
    [InlineData("https://localhost:6443", "", false)]
    [InlineData("https://127.0.0.9:6443", "", false)]
    [InlineData("http://api.test:8080", "", false)]
    public void Environment_names_the_proxy_as_for_kubectl(string server, string exceptions, bool proxied)
    {
        HttpProxy? proxy = HttpProxy.FromEnvironment(
            new Uri(server), name => name switch { "https_proxy" => "proxy.test:3128", "NO_PROXY" => exceptions, _ => null });

        Assert.Equal(proxied ? "http://proxy.test:3128" : null, proxy?.ToString());
    }

    private static ClusterAccess Access(TestAuthority authority, string proxy) => new()
    {
        Server = new Uri("https://api.test:6443"),
        Source = "a test",
        Trust = ServerTrust.Of(PemSource.FromText(authority.Pem, "the test's CA")),
        Proxy = HttpProxy.Parse(proxy, "HTTPS_PROXY"),
    };

    private static async Task<string> ReadRequestAsync(TcpClient client)
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await client.GetStream().ReadAsync(one, Cancelled) == 1)
            text.Append((char)one[0]);
        return text.ToString();
    }
}
