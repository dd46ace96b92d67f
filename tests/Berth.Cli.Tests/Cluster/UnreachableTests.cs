using System.Globalization;
using System.Net;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Cluster;

/// <summary>A cluster that does not exist, refuses us, or is another server.</summary>
public sealed class UnreachableTests
{
    private const string Json = "application/json";

    public static TheoryData<int, string, string, string> Answers { get; } = new()
    {
        { 401, Json, Status("Unauthorized", "Unauthorized", 401), "401" },
        { 403, Json, Status("endpointslices.discovery.k8s.io is forbidden", "Forbidden", 403), "endpointslices" },
        { 200, "text/html", "<html>Please log in</html>", "Kubernetes" },
        { 200, Json, "{}", "" },
        { 404, "text/plain", "404 page not found", "" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_refusal_is_a_sentence_and_exit_code_3(int status, string contentType, string body, string word)
    {
        await using FakeKubernetes server = await FakeKubernetes.StartAsync(status, contentType, body);
        foreach (string command in new[] { "get endpoints", "watch" })
        {
            BerthResult result = await BerthProcess.RunAnyAsync(
                [.. command.Split(' '), "k8s-example2/service-b", "--kubeconfig", server.Kubeconfig]);
            result.AssertRefused(3, word);
            Assert.DoesNotContain("secret-token", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Forbidden_names_the_rule_that_is_missing()
    {
        (int status, string contentType, string body, _) = (
            403, Json, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}""", "");
        await using FakeKubernetes server = await FakeKubernetes.StartAsync(status, contentType, body);
        BerthResult result = await BerthProcess.RunAnyAsync(
            "get", "endpoints", "k8s-example2/service-b", "--kubeconfig", server.Kubeconfig);
        result.AssertRefused(3, "list", "endpointslices", "discovery.k8s.io", "k8s-example2");
    }

    [Fact]
    public async Task Unreachable_server_is_exit_code_3()
    {
        using TestFile kubeconfig = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{FreePorts.Take()}"));
        BerthResult result = await BerthProcess.RunAnyAsync(
            "get", "endpoints", "k8s-example2/service-b", "--kubeconfig", kubeconfig.Path);
        result.AssertRefused(3, "refused");
    }

    [Fact]
    public async Task Silent_server_is_abandoned_in_time()
    {
        await using FakeKubernetes server = await FakeKubernetes.StartAsync(
            static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        BerthResult result = await BerthProcess.RunAnyAsync(
            "get", "endpoints", "k8s-example2/service-b", "--kubeconfig", server.Kubeconfig, "--timeout", "1s");
        result.AssertRefused(3, "No list of k8s-example2/service-b arrived within 1s");
    }

    [Theory]
    [MemberData(nameof(Programs.All), MemberType = typeof(Programs))]
    public async Task Service_A_waits_for_its_cluster_and_ends_on_SIGTERM(string form)
    {
        using TestFile kubeconfig = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{FreePorts.Take()}"));
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}");
        string[] args =
        [
            "dispatch", "--target", "k8s-example2/service-b", "--base-port", "3000", "--urls", url, "--kubeconfig", kubeconfig.Path
        ];
        await using BerthProcess dispatch = BerthProcess.Start(form, null, args);
        // The order of the two is not defined.
        await dispatch.Error.WaitForLineAsync(static line => line.Contains("refused", StringComparison.Ordinal));
        await dispatch.Error.WaitForLineAsync(static line => line.Contains("Listening on", StringComparison.Ordinal));
        using HttpClient http = new() { BaseAddress = new Uri(url) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);

        BerthResult taken = await BerthProcess.RunAsync(form, null, args);
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("in use", taken.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", taken.Error, StringComparison.Ordinal);

        dispatch.Signal(BerthProcess.Terminate);
        BerthResult result = await dispatch.WaitForEndAsync();
        result.AssertOk();
        Assert.Empty(result.Out);
        Assert.DoesNotContain("secret-token", result.Error, StringComparison.Ordinal);
    }

    private static string Status(string message, string reason, int code) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";
}
