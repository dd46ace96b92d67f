using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Berth.Kubernetes.Tests.Http;

namespace Berth.Kubernetes.Tests.Access;

// One after the other: a process started by one test while another writes its script would leave that script "busy".
[Collection("Credential plugins")]
public sealed class ExecCredentialTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";

    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly TestClock _time = new();

    public ExecCredentialTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The plugins of these tests are shell scripts.");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(V1)]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task Gives_the_plugin_its_arguments_and_environment_and_takes_its_token(string version)
    {
        _folder.WriteScript("plugin", $$$"""
            printf '%s' "$KUBERNETES_EXEC_INFO" > "{{{_folder["info"]}}}"
            printf '%s|' "$REGION" "$@" > "{{{_folder["called"]}}}"
            echo '{"kind":"ExecCredential","apiVersion":"{{{version}}}","status":{"token":"plugin-token"}}'
            """);
        ClusterAccess access = Load($$$"""
            exec:
                  apiVersion: {{{version}}}
                  command: ./plugin
                  args: [get-token, "--cluster=a b"]
                  env: [{name: REGION, value: north}]
                  interactiveMode: IfAvailable
            """);

        Assert.Equal("plugin-token", await TokenFileTests.ReadAsync(access.Credentials));
        Assert.Equal("north|get-token|--cluster=a b|", await File.ReadAllTextAsync(_folder["called"], Cancelled));
        Assert.Equal(
            $$$"""{"kind":"ExecCredential","apiVersion":"{{{version}}}","spec":{"interactive":false}}""",
            await File.ReadAllTextAsync(_folder["info"], Cancelled));
    }

    [Fact]
    public async Task Tells_the_plugin_about_the_cluster_when_asked_to()
    {
        _folder.WriteScript("plugin", $"printf '%s' \"$KUBERNETES_EXEC_INFO\" > \"{_folder["info"]}\"\n{Print("t")}");
        string pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(_authority.Pem));
        ClusterAccess access = Load(Exec("./plugin", "provideClusterInfo: true"), $$$"""
            server: https://api.example
                certificate-authority-data: {{{pem}}}
                tls-server-name: kubernetes
                extensions:
                - {name: other, extension: {}}
                - {name: client.authentication.k8s.io/exec, extension: {audience: "1", retries: 2, on: true, list: [x, null]}}
            """);
        await access.Credentials.GetAsync(Cancelled);

        using JsonDocument info = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["info"], Cancelled));
        JsonElement cluster = info.RootElement.GetProperty("spec").GetProperty("cluster");
        Assert.Equal("https://api.example", cluster.GetProperty("server").GetString());
        Assert.Equal("kubernetes", cluster.GetProperty("tls-server-name").GetString());
        Assert.Equal(pem, cluster.GetProperty("certificate-authority-data").GetString());
        Assert.Equal("""{"audience":"1","retries":2,"true":true,"list":["x",null]}""", cluster.GetProperty("config").GetRawText());
    }

    [Fact]
    public async Task Refuses_to_tell_the_plugin_more_than_a_program_can_be_told()
    {
        _folder.WriteScript("plugin", Print("t"));
        // Each list is twice the one before: thirty lines would be gigabytes.
        string aliases = string.Join(", ", Enumerable.Range(1, 29).Select(static i => $"x{i}: &x{i} [*x{i - 1}, *x{i - 1}]"));
        ClusterAccess access = Load(Exec("./plugin", "provideClusterInfo: true"), $$$"""
            server: https://api.example
                insecure-skip-tls-verify: true
                extensions: [{name: client.authentication.k8s.io/exec, extension: {x0: &x0 [a, a], {{{aliases}}}}}]
            """);

        ClusterAccessException fault = await Assert.ThrowsAsync<ClusterAccessException>(
            async () => await access.Credentials.GetAsync(Cancelled));

        Assert.Contains(
            "is longer than 128 KiB, too long to be handed to the plugin. Shorten it.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_the_plugin_once_until_its_credential_expires()
    {
        _folder.WriteScript("plugin", Counting(", \"expirationTimestamp\":\"2026-11-22T12:10:00Z\""));
        ClusterAccess access = Load(Exec("./plugin"));

        string?[] together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => TokenFileTests.ReadAsync(access.Credentials)));
        Assert.All(together, token => Assert.Equal("token-1", token));
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal("token-1", await TokenFileTests.ReadAsync(access.Credentials));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token-2", await TokenFileTests.ReadAsync(access.Credentials));
    }

    [Fact]
    public async Task Runs_the_plugin_again_after_401_and_only_once()
    {
        _folder.WriteScript("plugin", Counting(""));
        ClusterAccess access = Load(Exec("./plugin"));
        string accepted = "Bearer token-2";
        await using TestServer server = await TestServer.StartAsync(context => context.Request.Headers.Authorization == accepted
            ? ApiHarness.EchoAsync(context)
            : TestServer.JsonAsync(context, 401, "{}"));
        using ApiHarness harness = new(ApiHarness.Access(server.Address, credentials: access.Credentials));

        Assert.Contains("token-2", await harness.TextAsync("/version"), StringComparison.Ordinal);
        accepted = "Bearer never";
        await Assert.ThrowsAsync<KubernetesApiException>(() => harness.TextAsync("/version"));
        Assert.Equal("3", (await File.ReadAllTextAsync(_folder["count"], Cancelled)).Trim());
    }

    [Fact]
    public async Task Shows_the_certificate_that_a_plugin_gives()
    {
        using X509Certificate2 certificate = _authority.Client("from-plugin");
        string answer =
            $"{{\"kind\":\"ExecCredential\",\"apiVersion\":\"{V1}\","
                + $"\"status\":{{\"clientCertificateData\":\"{OneLine(certificate.ExportCertificatePem())}\","
                    + $"\"clientKeyData\":\"{OneLine(TestAuthority.KeyPem(certificate))}\"}}}}";
        _folder.Write("answer", answer);
        _folder.WriteScript("plugin", $"cat \"{_folder["answer"]}\"");
        await using TestServer server = await TestServer.StartAsync(
            context => TestServer.JsonAsync(context, 200, $"\"{context.Connection.ClientCertificate?.Subject}\""),
            _authority.Server("127.0.0.1"),
            askForClientCertificate: true);
        using ApiHarness harness = new(ApiHarness.Access(server.Address, _authority.Pem, Load(Exec("./plugin")).Credentials));

        Assert.Equal("\"CN=from-plugin\"", await harness.TextAsync("/version"));
    }

    [Fact]
    public async Task Finds_a_plugin_on_the_PATH_and_never_in_the_working_folder()
    {
        _folder.WriteScript("bin/berth-test-plugin", Print("from-path"));
        string kubeconfig = _folder.Write(
            "config", KubeconfigTests.Config("server: https://a", Exec("berth-test-plugin", "installHint: Fetch it from the shelf.")));
        ClusterAccess With(string path) =>
            KubernetesEndpoints.FindAccess(
                new ClusterAccessOptions
                {
                    Kubeconfig = kubeconfig,
                    Environment = name => name == "PATH" ? path : null,
                    TimeProvider = _time,
                });

        Assert.Equal("from-path", await TokenFileTests.ReadAsync(With($"/nowhere:{_folder["bin"]}").Credentials));
        ClusterAccessException e = await Assert.ThrowsAsync<ClusterAccessException>(
            () => TokenFileTests.ReadAsync(With(".:/nowhere").Credentials));
        Assert.Contains("\"berth-test-plugin\" of user \"u\" is not installed, or not on the PATH", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Fetch it from the shelf.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'log in first' >&2; exit 3", "ended with exit code 3, saying: log in first.")]
    [InlineData("echo 'got eyJhbGciOiJSUzI1NiIsImtpZCI6Ij.eyJpc3Mi.secret-token then lost it' >&2; exit 1",
        "saying: got [left out] then lost it.")]
    [InlineData("echo secret-token", "not an ExecCredential in JSON")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v2\"}'",
        "did not answer in client.authentication.k8s.io/v1")]
    [InlineData("echo '{\"kind\":\"Secret\",\"token\":\"secret-token\"}'", "not of kind ExecCredential")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'", "without a status")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'",
        "neither a token nor a certificate")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
        + "\"status\":{\"token\":\"secret-token\\u0020X\"}}'", "has a space, a line break")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
        + "\"status\":{\"token\":\"secret-token\",\"expirationTimestamp\":\"later\"}}'", "not an RFC 3339 time")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
        + "\"status\":{\"clientCertificateData\":\"x\"}}'", "only one of clientCertificateData")]
    public async Task Says_how_a_plugin_failed_without_quoting_what_it_printed(string script, string expected)
    {
        _folder.WriteScript("plugin", script);
        ClusterAccess access = Load(Exec("./plugin"));

        ClusterAccessException e = await Assert.ThrowsAsync<ClusterAccessException>(() => TokenFileTests.ReadAsync(access.Credentials));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_plugin_that_does_not_end()
    {
        _folder.WriteScript(
            "plugin", $"echo $$ > \"{_folder["pid"]}.new\"; mv \"{_folder["pid"]}.new\" \"{_folder["pid"]}\"; exec sleep 600");
        ClusterAccess access = Load(Exec("./plugin"));

        Task<string?> reading = TokenFileTests.ReadAsync(access.Credentials);
        await UntilAsync(() => File.Exists(_folder["pid"]));
        _time.Advance(TimeSpan.FromSeconds(60));

        ClusterAccessException e = await Assert.ThrowsAsync<ClusterAccessException>(() => reading);
        Assert.Contains("did not end within 60 s", e.Message, StringComparison.Ordinal);
        string pid = (await File.ReadAllTextAsync(_folder["pid"], Cancelled)).Trim();
        await UntilAsync(() => !Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public async Task Child_that_holds_stderr_keeps_no_credential_back()
    {
        // The child ends when the test says so, so its pipe is open for as long as the credential is waited for.
        _folder.WriteScript("plugin", $"{Child("> /dev/null")}\n{Print("ready")}");

        string? token = await TokenFileTests.ReadAsync(Load(Exec("./plugin")).Credentials);

        Assert.Equal("ready", token);
        _folder.Write("stop", "");
    }

    [Fact]
    public async Task Child_that_holds_stderr_hides_no_complaint()
    {
        _folder.WriteScript("plugin", $"{Child("> /dev/null")}\necho 'log in first' >&2; exit 3");

        ClusterAccess access = Load(Exec("./plugin"));
        Task<string?> reading = TokenFileTests.ReadAsync(access.Credentials);
        await UntilAsync(() => access.Waiting?.Contains("log in first", StringComparison.Ordinal) == true);
        await _time.WaitForTimerAsync(static due => due < TimeSpan.FromSeconds(1), Cancelled);
        _time.Advance(TimeSpan.FromSeconds(1));
        ClusterAccessException exception = await Assert.ThrowsAsync<ClusterAccessException>(() => reading);

        Assert.Contains("ended with exit code 3, saying: log in first.", exception.Message, StringComparison.Ordinal);
        _folder.Write("stop", "");
    }

    [Fact]
    public async Task Child_that_holds_stdout_is_told_after_a_minute()
    {
        _folder.WriteScript(
            "plugin",
            $"{Child("2> /dev/null")}\n{Print("ready")}\necho $$ > \"{_folder["pid"]}.new\"; mv \"{_folder["pid"]}.new\" "
                + $"\"{_folder["pid"]}\"");

        Task<string?> reading = TokenFileTests.ReadAsync(Load(Exec("./plugin")).Credentials);
        await UntilAsync(() => File.Exists(_folder["pid"]));
        string pid = (await File.ReadAllTextAsync(_folder["pid"], Cancelled)).Trim();
        await UntilAsync(() => !Directory.Exists($"/proc/{pid}"));
        _time.Advance(TimeSpan.FromSeconds(60));
        ClusterAccessException exception = await Assert.ThrowsAsync<ClusterAccessException>(() => reading);

        Assert.Contains(
            "ended, but a program that it started still had its standard output open after 60 s",
            exception.Message,
            StringComparison.Ordinal);
        _folder.Write("stop", "");
    }

    [Fact]
    public async Task Output_of_a_plugin_is_shown_while_it_runs()
    {
        ConcurrentQueue<string> told = new();
        _folder.WriteScript(
            "plugin",
            $"echo 'enter the code QX7' >&2; while [ -d \"{_folder.Root}\" ] && [ ! -e \"{_folder["stop"]}\" ]; do sleep 0.05; done; " +
                $"{Print("ready")}");
        ClusterAccess access = Load(Exec("./plugin"), told: told.Enqueue);
        Assert.Null(access.Waiting);

        Task<string?> reading = TokenFileTests.ReadAsync(access.Credentials);
        await UntilAsync(() => !told.IsEmpty);

        Assert.Equal("enter the code QX7", told.Single());
        Assert.Equal(
            "The credential plugin \"./plugin\" of user \"u\" has not ended yet, saying: enter the code QX7. The API server is asked " +
                "when it has.",
            access.Waiting);
        _folder.Write("stop", "");
        Assert.Equal("ready", await reading);
        Assert.Null(access.Waiting);
    }

    [Fact]
    public async Task Plugin_that_does_not_end_is_quoted()
    {
        ConcurrentQueue<string> told = new();
        _folder.WriteScript("plugin", "echo 'enter the code QX7' >&2; exec sleep 600");
        Task<string?> reading = TokenFileTests.ReadAsync(Load(Exec("./plugin"), told: told.Enqueue).Credentials);
        await UntilAsync(() => !told.IsEmpty);
        _time.Advance(TimeSpan.FromSeconds(60));

        ClusterAccessException exception = await Assert.ThrowsAsync<ClusterAccessException>(() => reading);

        Assert.Contains("did not end within 60 s, saying: enter the code QX7. Run it by hand", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_on_the_PATH_that_cannot_be_executed_is_passed_over()
    {
        _folder.Write("first/berth-test-plugin", "not executable");
        _folder.WriteScript("second/berth-test-plugin", Print("from-second"));
        string kubeconfig = _folder.Write("config", KubeconfigTests.Config("server: https://a", Exec("berth-test-plugin")));
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions
        {
            Kubeconfig = kubeconfig,
            Environment = name => name == "PATH" ? $"{_folder["first"]}:{_folder["second"]}" : null,
            TimeProvider = _time,
        });

        Assert.Equal("from-second", await TokenFileTests.ReadAsync(access.Credentials));
    }

    [Theory]
    [InlineData("apiVersion: client.authentication.k8s.io/v1alpha1, command: x", "Berth supports client.authentication.k8s.io/v1 and")]
    [InlineData("command: x", "has no apiVersion")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1", "has no command")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always", "interactiveMode Always")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, env: [{value: x}]", "has no name")]
    public void Refuses_an_entry_it_cannot_follow(string exec, string expected) =>
        Assert.Contains(expected, Assert.Throws<ClusterAccessException>(() => Load($"exec: {{{exec}}}")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Says_that_a_file_cannot_be_started()
    {
        _folder.Write("plugin", "not executable");

        ClusterAccessException e = await Assert.ThrowsAsync<ClusterAccessException>(
            () => TokenFileTests.ReadAsync(Load(Exec("./plugin")).Credentials));

        Assert.Contains("cannot be started", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    private static Task UntilAsync(Func<bool> condition) => Wait.ForAsync(condition, Cancelled);

    /// <summary>A child in the background that ends when the test writes the file "stop", or takes its folder away.</summary>
    private string Child(string redirection) =>
        $"(while [ -d \"{_folder.Root}\" ] && [ ! -e \"{_folder["stop"]}\" ]; do sleep 0.05; done {redirection}) {redirection} &";

    private static string Exec(string command, string? more = null) =>
        $"exec:\n      apiVersion: {V1}\n      command: {command}{(more is null ? "" : "\n      " + more)}";

    private static string Print(string token) =>
        $"echo '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"{V1}\",\"status\":{{\"token\":\"{token}\"}}}}'";

    private static string OneLine(string pem) => pem.ReplaceLineEndings("\\n");

    private string Counting(string more) =>
        $$$"""
        n=$(( $(cat "{{{_folder["count"]}}}" 2>/dev/null || echo 0) + 1 ))
        echo $n > "{{{_folder["count"]}}}"
        echo '{"kind":"ExecCredential","apiVersion":"{{{V1}}}","status":{"token":"token-'$n'"{{{more}}} }}'
        """;

    private ClusterAccess Load(
        string user, string cluster = "server: https://a",
        Action<string>? told = null) => KubernetesEndpoints.FindAccess(new ClusterAccessOptions
    {
        Kubeconfig = _folder.Write("config", KubeconfigTests.Config(cluster, user)),
        TimeProvider = _time,
        PluginOutput = told,
    });
}
