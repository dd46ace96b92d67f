using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Kubernetes.Access.Trust;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Kubernetes.Tests.Http;

public sealed class TlsTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Speaks_HTTP2_over_TLS_and_HTTP11_to_a_server_that_knows_no_other(HttpProtocols protocols, string expected)
    {
        using TestAuthority authority = new();
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, authority.Server("127.0.0.1"), protocols);
        using ApiHarness harness = new(ApiHarness.Access(server.Address, authority.Pem));

        Assert.Contains($"\"{expected}\"", await harness.TextAsync("/version"), StringComparison.Ordinal);
        Assert.Contains($"\"{expected}\"", await harness.TextAsync("/version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speaks_HTTP11_without_TLS()
    {
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, protocols: HttpProtocols.Http1);
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        Assert.Contains("\"HTTP/1.1\"", await harness.TextAsync("/version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_certificate_for_another_host_and_names_those_it_is_for()
    {
        using TestAuthority authority = new();
        string message = await RefusalAsync(authority.Server("api.example", "10.0.0.1"), authority.Pem);

        Assert.Contains("api.example, 10.0.0.1, not for 127.0.0.1", message, StringComparison.Ordinal);
        Assert.Contains("tls-server-name", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_expired_certificate()
    {
        using TestAuthority authority = new();
        string message = await RefusalAsync(authority.ExpiredServer("127.0.0.1"), authority.Pem);

        Assert.Contains("not valid now", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_certificate_of_a_foreign_authority_even_of_the_same_name()
    {
        using TestAuthority authority = new();
        using TestAuthority foreign = new();
        string message = await RefusalAsync(foreign.Server("127.0.0.1"), authority.Pem);

        Assert.Contains("not signed by a CA in the test's CA", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_private_authority_when_only_the_machines_roots_are_trusted()
    {
        using TestAuthority authority = new();
        string message = await RefusalAsync(authority.Server("127.0.0.1"), null);

        Assert.Contains("not signed by a CA in the roots of this machine", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refuses_a_client_certificate_as_a_servers(bool bundle)
    {
        // Every user with a kubeconfig has a certificate of this authority. Kestrel would not send it, so this server uses SslStream
        // directly.
        using TestAuthority authority = new();
        using TestAuthority other = new("other");
        using X509Certificate2 certificate = authority.Client("someone", "127.0.0.1");
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using ApiHarness harness = new(
            ApiHarness.Access(new Uri($"https://{listener.LocalEndpoint}/"), bundle ? other.Pem + "\n" + authority.Pem : authority.Pem));

        Task<string> request = harness.TextAsync("/version");
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using SslStream stream = new(client.GetStream());
        Task serving = stream.AuthenticateAsServerAsync(certificate);

        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => request);
        Assert.Contains("NotValidForUsage", e.Message, StringComparison.Ordinal);
        await Task.WhenAny(serving);
    }

    [Fact]
    public async Task Refuses_plain_HTTP_where_TLS_is_configured_and_sends_it_nothing()
    {
        int requests = 0;
        await using TestServer server = await TestServer.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            return ApiHarness.EchoAsync(context);
        });
        using ApiHarness harness = new(
            ApiHarness.Access(new Uri($"https://127.0.0.1:{server.Port}/"), credentials: ApiHarness.Token("secret-token")));

        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => harness.TextAsync("/version"));

        Assert.Contains("TLS handshake failed", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task Verifies_the_tls_server_name_instead_of_the_host()
    {
        using TestAuthority authority = new();
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, authority.Server("kubernetes.default"));
        using ApiHarness right = new(ApiHarness.Access(server.Address, authority.Pem, serverName: "kubernetes.default"));
        using ApiHarness wrong = new(ApiHarness.Access(server.Address, authority.Pem, serverName: "kubernetes.other"));

        Assert.Contains("HTTP/2", await right.TextAsync("/version"), StringComparison.Ordinal);
        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => wrong.TextAsync("/version"));
        Assert.Contains("kubernetes.default, not for kubernetes.other", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    public async Task Unspecified_address_is_this_machine(string host)
    {
        Assert.SkipWhen(host == "[::]" && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using TestAuthority authority = new();
        using TcpListener listener = new(host == "[::]" ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);
        listener.Start();
        using ApiHarness harness = new(
            ApiHarness.Access(new Uri($"https://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}/"), authority.Pem));
        Task<string> request = harness.TextAsync("/version");
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using SslStream stream = new(client.GetStream());

        // The certificate must be for the written address, not for the dialled one.
        await stream.AuthenticateAsServerAsync(authority.Server("127.0.0.1", "::1"));

        KubernetesUnreachableException exception = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => request);
        Assert.Contains("is for 127.0.0.1, ::1, not for ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_certificate_is_accepted_only_without_verification()
    {
        using TestAuthority authority = new();
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, authority.ExpiredServer("other.example"));
        ClusterAccess access = new() { Server = server.Address, Source = "a test", Trust = ServerTrust.Of(null, skipVerify: true) };
        using ApiHarness harness = new(access);

        Assert.Contains("HTTP/2", await harness.TextAsync("/version"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trusts_every_authority_of_a_bundle_and_no_other(bool namesKey)
    {
        // One name, as the authorities of all clusters and before and after a rotation have it: "kubernetes".
        using TestAuthority first = new("kubernetes", namesKey);
        using TestAuthority second = new("kubernetes", namesKey);
        using TestAuthority third = new("kubernetes", namesKey);
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, second.Server("127.0.0.1"));
        string bundle = $"# old\n{first.Pem}\n# new\n{second.Pem}\n";
        async Task<string> AskAsync()
        {
            using ApiHarness harness = new(ApiHarness.Access(server.Address, bundle));
            return await harness.TextAsync("/version");
        }

        Assert.Contains("HTTP/2", await AskAsync(), StringComparison.Ordinal);
        server.Certificate = first.Server("127.0.0.1");
        Assert.Contains("HTTP/2", await AskAsync(), StringComparison.Ordinal);
        foreach (
            X509Certificate2 wrong in new[] { third.Server("127.0.0.1"), second.ExpiredServer("127.0.0.1"), second.Server("elsewhere") })
        {
            server.Certificate = wrong;
            await Assert.ThrowsAsync<KubernetesUnreachableException>(AskAsync);
        }
    }

    [Fact]
    public async Task Trusts_a_self_signed_certificate_that_is_its_own_authority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=alone", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, certificate);
        using ApiHarness harness = new(ApiHarness.Access(server.Address, certificate.ExportCertificatePem()));

        Assert.Contains("HTTP/2", await harness.TextAsync("/version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authority_rotated_in_its_file_is_honoured_in_both_directions()
    {
        using TestFolder folder = new();
        using TestAuthority old = new("old");
        using TestAuthority rotated = new("new");
        string path = folder.Write("ca.crt", old.Pem);
        // The server closes each connection after its answer, so that every request opens a new one. But when .NET learns that the server
        // speaks HTTP/1.1 only, it may open a second connection that no request waits for, and give it to the next request.
        const string Earlier = "earlier certificate";
        TestServer? serving = null;
        await using TestServer server = serving = await TestServer.StartAsync(
            context =>
            {
                context.Response.Headers.Connection = "close";
                return serving!.HasShownCurrent(context)
                    ? ApiHarness.EchoAsync(context)
                    : TestServer.JsonAsync(context, 200, $"\"{Earlier}\"");
            },
            old.Server("127.0.0.1"),
            HttpProtocols.Http1);
        ClusterAccess access = new()
        {
            Server = server.Address,
            Source = "a test",
            Trust = ServerTrust.Of(PemSource.FromFile(path, "the CA")),
        };
        using ApiHarness harness = new(access);
        await AskAsync();

        server.Certificate = rotated.Server("127.0.0.1");
        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(AskAsync);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);

        File.Delete(path);
        await Assert.ThrowsAsync<KubernetesUnreachableException>(AskAsync);
        folder.Write("ca.crt", rotated.Pem);
        Assert.Contains("HTTP/1.1", await AskAsync(), StringComparison.Ordinal);

        server.Certificate = old.Server("127.0.0.1");
        await Assert.ThrowsAsync<KubernetesUnreachableException>(AskAsync);

        async Task<string> AskAsync()
        {
            string answer = await harness.TextAsync("/version");
            return answer.Contains(Earlier, StringComparison.Ordinal) ? await harness.TextAsync("/version") : answer;
        }
    }

    private static async Task<string> RefusalAsync(X509Certificate2 certificate, string? caPem)
    {
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, certificate);
        using ApiHarness harness = new(ApiHarness.Access(server.Address, caPem));
        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => harness.TextAsync("/version"));
        Assert.Contains(server.Address.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Equal(1, harness.Counts["berth.api.requests:berth.api.verb=get,error.type=unreachable"]);
        return e.Message;
    }
}
