using System.Text;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Tests.Http;
using Berth.Kubernetes.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Tests.Access;

/// <summary>No printed text contains a credential, whatever its form and whatever fails.</summary>
// One after the other: a process started by one test while another writes its script would leave that script "busy".
[Collection("Credential plugins")]
public sealed class SecretsTests : IDisposable
{
    private const string Secret = "hush-hush-secret";
    private static readonly string SecretBasic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Secret}"));

    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly StringBuilder _printed = new();

    [Theory]
    [InlineData("token: hush-hush-secret")]
    [InlineData("tokenFile: token")]
    [InlineData("username: me\n    password: hush-hush-secret")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, env: [{name: A, value: hush-hush-secret}], "
        + "args: [hush-hush-secret]}")]
    public async Task Nothing_printed_holds_the_credential(string user)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && user.StartsWith("exec", StringComparison.Ordinal), "The plugin is a shell script.");
        WriteCredentials();
        int answers = 0;
        await using TestServer server = await TestServer.StartAsync(
            context => AnswerAsync(context, answers++), _authority.Server("127.0.0.1"));
        ClusterAccess access = Find(server.Address, user);
        using ApiHarness harness = new(access, _time);

        for (int i = 0; i < 8; i++)
            await PrintAsync(harness.Api, "/api/v1/nodes");
        Break();
        await PrintAsync(harness.Api, "/api/v1/nodes");
        server.Certificate = _authority.Server("elsewhere");
        using ApiHarness refused = new(access, _time);
        await PrintAsync(refused.Api, "/api/v1/nodes");
        await PrintAsync(access);
        PrintLog();

        string printed = _printed.ToString();
        Assert.True(answers >= 8, "Every answer was asked for.");
        Assert.Contains("[redacted]", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret[..5], printed, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretBasic[..5], printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token: 'hush-hush-secret x'")]
    [InlineData("token: [hush-hush-secret]")]
    [InlineData("token: hush-hush-secret\n    username: me")]
    [InlineData("token: hush-hush-secret\n    as-uid: someone")]
    [InlineData("token: hush-hush-secret\n  - x: {")]
    [InlineData("client-key-data: hush-hush-secret!")]
    [InlineData("client-certificate-data: hush-hush-secret!")]
    [InlineData("client-certificate-data: aGk=\n    client-key-data: aHVzaC1odXNoLXNlY3JldA==")]
    public void No_complaint_about_a_kubeconfig_quotes_it(string user)
    {
        ClusterAccessException e = Assert.Throws<ClusterAccessException>(() => Find(new Uri("https://127.0.0.1/"), user));

        Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    // Each way of failing, with the credential quoted wherever a server could quote it.
    private static Task AnswerAsync(HttpContext context, int number)
    {
        string quoted = context.Request.Headers.Authorization.ToString();
        context.Response.Headers["X-Quoted"] = quoted;
        string status =
            $$"""{"kind":"Status","message":"{{quoted}}","reason":"R","details":{"causes":[{"reason":"C","message":"{{quoted}}"} ] } }""";
        switch (number)
        {
            case 0:
                return TestServer.JsonAsync(context, 200, "{}");
            case 1 or 2:
                return TestServer.JsonAsync(context, 401, status);
            case 3:
                return TestServer.JsonAsync(context, 403, status);
            case 4:
                context.Response.StatusCode = 500;
                context.Response.ContentType = "text/plain";
                // So that a quotation of the beginning would end within the secret.
                return context.Response.WriteAsync(new string('x', 285) + quoted);
            case 5:
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync(quoted);
            case 6:
                context.Response.Redirect($"https://elsewhere/?{quoted}");
                return Task.CompletedTask;
            default:
                context.Abort();
                return Task.CompletedTask;
        }
    }

    private void WriteCredentials()
    {
        _folder.Write("token", Secret);
        if (!OperatingSystem.IsWindows())
            _folder.WriteScript(
                "plugin",
                $"echo '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                    + $"\"status\":{{\"token\":\"{Secret}\"}}}}'");
    }

    // From here on, every file that is read again is broken, and still contains the secret.
    private void Break()
    {
        _folder.Write("token", Secret + " \u0001 broken");
        _folder.Write("ca.crt", $"-----BEGIN CERTIFICATE-----\n{Secret}\n-----END CERTIFICATE-----\n");
        if (!OperatingSystem.IsWindows())
            _folder.WriteScript("plugin", $"echo {Secret}; exit 1");
        _time.Advance(TimeSpan.FromHours(1));
    }

    private ClusterAccess Find(Uri server, string user)
    {
        _folder.Write("ca.crt", _authority.Pem);
        return KubernetesEndpoints.FindAccess(new ClusterAccessOptions
        {
            Kubeconfig = _folder.Write("config", KubeconfigTests.Config($"server: {server}\n    certificate-authority: ca.crt", user)),
            TimeProvider = _time,
            LoggerFactory = _log,
        });
    }

    private async Task PrintAsync(KubernetesApi api, string path)
    {
        try
        {
            using KubernetesResponse response = await api.GetAsync(path, TestContext.Current.CancellationToken);
            _printed.Append(response).AppendLine();
        }
        catch (KubernetesApiException exception)
        {
            _printed.Append(exception).AppendLine().Append(exception.Status).AppendLine();
            foreach (StatusCause cause in exception.Status.Causes)
                _printed.Append(cause).AppendLine();
        }
        catch (Exception exception) when (exception is KubernetesRequestException or ClusterAccessException)
        {
            _printed.Append(exception).AppendLine();
        }

        _printed.Append(api).AppendLine();
    }

    private async Task PrintAsync(ClusterAccess access)
    {
        _printed.Append(access).AppendLine().Append(access.Trust).AppendLine().Append(access.Credentials).AppendLine();
        try
        {
            Credential credential = await access.Credentials.GetAsync(TestContext.Current.CancellationToken);
            _printed.Append(credential).AppendLine();
        }
        catch (ClusterAccessException exception)
        {
            _printed.Append(exception).AppendLine();
        }
    }

    private void PrintLog()
    {
        foreach (string line in _log.Entries.Select(static e => e.ToString()))
            _printed.AppendLine(line);
        Assert.Equal(1, _log.Texts.Count(line => line.Contains("ca.crt could not be read again", StringComparison.Ordinal)));
    }
}
