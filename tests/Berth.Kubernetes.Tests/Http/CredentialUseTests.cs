using System.Security.Cryptography.X509Certificates;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;
using Berth.Kubernetes.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Tests.Http;

public sealed class CredentialUseTests
{
    private const string Unauthorized =
        """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""";

    [Fact]
    public async Task Reads_the_token_file_again_after_401_and_asks_once_more_at_once()
    {
        using TestFolder folder = new();
        string path = folder.Write("token", "old-token\n");
        await using TestServer server = await StartGuardedAsync("Bearer new-token");
        using ApiHarness harness = new(
            ApiHarness.Access(server.Address, credentials: new TokenFile(path, new FakeTimeProvider(), NullLogger.Instance)));

        await Assert.ThrowsAsync<KubernetesApiException>(() => harness.TextAsync("/version"));
        folder.Write("token", "new-token\n");
        Assert.Contains("Bearer new-token", await harness.TextAsync("/version"), StringComparison.Ordinal);

        // The first: one 401, since the file held nothing new. The second: the old token, then the new one.
        Assert.Equal(2, harness.Counts["berth.api.requests:berth.api.verb=get,http.response.status_code=401"]);
        Assert.Equal(1, harness.Counts["berth.api.requests:berth.api.verb=get,http.response.status_code=200"]);
    }

    [Fact]
    public async Task Second_401_is_not_tried_again()
    {
        using TestFolder folder = new();
        CountingSource source = new();
        await using TestServer server = await StartGuardedAsync("Bearer never");
        using ApiHarness harness = new(ApiHarness.Access(server.Address, credentials: source));

        KubernetesApiException e = await Assert.ThrowsAsync<KubernetesApiException>(() => harness.TextAsync("/version"));

        Assert.Equal(401, e.StatusCode);
        Assert.Contains("The credential from a test is not accepted. Renew it", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, harness.Counts["berth.api.requests:berth.api.verb=get,http.response.status_code=401"]);
        Assert.Equal(1, source.Refused);
    }

    [Fact]
    public async Task Says_that_no_credential_is_configured()
    {
        await using TestServer server = await StartGuardedAsync("Bearer right");
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        KubernetesApiException e = await Assert.ThrowsAsync<KubernetesApiException>(() => harness.TextAsync("/version"));

        Assert.Contains("No credential is configured in a test", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_client_certificate_and_uses_a_rotated_one_after_401()
    {
        using TestFolder folder = new();
        using TestAuthority authority = new();
        string allowed = "old-user";
        await using TestServer server = await TestServer.StartAsync(
            context => context.Connection.ClientCertificate?.Subject == $"CN={allowed}"
                ? TestServer.JsonAsync(context, 200, $"{{\"user\":\"{context.Connection.ClientCertificate.Subject}\"}}")
                : TestServer.JsonAsync(context, 401, Unauthorized),
            authority.Server("127.0.0.1"),
            askForClientCertificate: true);
        ClusterAccess access = new()
        {
            Server = server.Address,
            Source = "a test",
            Trust = ServerTrust.Of(PemSource.FromText(authority.Pem, "the CA")),
            Certificate = WriteClient(folder, authority, "old-user"),
        };
        using ApiHarness harness = new(access);
        Assert.Contains("CN=old-user", await harness.TextAsync("/version"), StringComparison.Ordinal);

        allowed = "new-user";
        WriteClient(folder, authority, "new-user");
        Assert.Contains("CN=new-user", await harness.TextAsync("/version"), StringComparison.Ordinal);

        Assert.Equal(1, harness.Counts["berth.api.requests:berth.api.verb=get,http.response.status_code=401"]);
    }

    [Fact]
    public async Task A_watch_that_is_open_survives_the_change_of_the_certificate()
    {
        using TestFolder folder = new();
        using TestAuthority authority = new();
        TaskCompletionSource more = new();
        await using TestServer server = await TestServer.StartAsync(
            async context =>
            {
                if (context.Request.Path == "/version" && context.Connection.ClientCertificate?.Subject == "CN=old-user")
                {
                    await TestServer.JsonAsync(context, 401, Unauthorized);
                    return;
                }

                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("one\n");
                await context.Response.Body.FlushAsync();
                if (context.Request.Path != "/version")
                    await more.Task;
                await context.Response.WriteAsync("two\n");
            },
            authority.Server("127.0.0.1"),
            askForClientCertificate: true);
        ClusterAccess access = new()
        {
            Server = server.Address,
            Source = "a test",
            Trust = ServerTrust.Of(PemSource.FromText(authority.Pem, "the CA")),
            Certificate = WriteClient(folder, authority, "old-user"),
        };
        using ApiHarness harness = new(access);
        using KubernetesResponse watch = await harness.Api.GetAsync("/api/v1/nodes?watch=1", TestContext.Current.CancellationToken);
        using StreamReader reader = new(watch.Body);
        Assert.Equal("one", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        WriteClient(folder, authority, "new-user");
        Assert.Equal("one\ntwo\n", await harness.TextAsync("/version"));
        more.SetResult();

        Assert.Equal("two", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_token_that_the_server_quotes_is_not_passed_on(int status)
    {
        const string secret = "eyJhbGciOi.secret-token";
        await using TestServer server = await TestServer.StartAsync(context => TestServer.JsonAsync(
            context, status,
            $$"""{"kind":"Status","message":"bad header: {{context.Request.Headers.Authorization}}","reason":"x","code":{{status}}}"""));
        using ApiHarness harness = new(ApiHarness.Access(server.Address, credentials: ApiHarness.Token(secret)));

        KubernetesApiException e = await Assert.ThrowsAsync<KubernetesApiException>(() => harness.TextAsync("/api/v1/nodes"));

        Assert.Contains("bad header: Bearer [redacted]", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", e.ToString() + e.Status + harness.Api + harness.Api.Access, StringComparison.Ordinal);
    }

    internal static Task<TestServer> StartGuardedAsync(string authorization) => TestServer.StartAsync(context =>
        context.Request.Headers.Authorization == authorization
            ? ApiHarness.EchoAsync(context)
            : TestServer.JsonAsync(context, 401, Unauthorized));

    private static ClientCertificate WriteClient(TestFolder folder, TestAuthority authority, string user)
    {
        using X509Certificate2 certificate = authority.Client(user);
        return ClientCertificate.Load(
            PemSource.FromFile(folder.Write("client.crt", certificate.ExportCertificatePem()), "client-certificate"),
            PemSource.FromFile(folder.Write("client.key", TestAuthority.KeyPem(certificate)), "client-key"));
    }

    private sealed class CountingSource : ICredentialSource
    {
        internal int Refused { get; private set; }

        public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(Credential.Bearer($"token-{Refused}", "a test"));

        public void Refuse(Credential refused) => Refused++;
    }
}
