using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Cli.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests.Commands;

/// <summary>Service A as a single process: what it keeps, for how long, and where it listens.</summary>
public sealed class DispatchTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SnapshotFile => _folder["snapshot"];

    [Theory]
    [MemberData(nameof(Programs.All), MemberType = typeof(Programs))]
    public async Task Start_without_the_API_serves_the_last_good_snapshot_as_stale(string form)
    {
        await LiveOnceAsync(form);
        using TestFile away = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{FreePorts.Take()}"));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(form, away.Path, url, "--snapshot-file", SnapshotFile);
        using HttpClient client = new() { BaseAddress = new Uri(url) };

        string address = await Wait.ForAsync(
            "an answer of service A", async token => await client.GetStringAsync("/", token), Cancellation);
        Assert.Matches("^10\\.77\\.0\\.[123]:300[012]$", address);
        using JsonDocument page = JsonDocument.Parse(await client.GetStringAsync("/v1/endpoints/k8s-example2/service-b", Cancellation));
        Assert.Equal("stale", page.RootElement.GetProperty("state").GetString());
        Assert.Equal(3, page.RootElement.GetProperty("endpoints").GetArrayLength());
        Assert.Contains("snapshot file", page.RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz", Cancellation)).StatusCode);
        Assert.Contains(
            "berth_snapshot_stale{k8s_namespace_name=\"k8s-example2\",k8s_service_name=\"service-b\"} 1",
            await client.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
        await dispatch.Error.WaitForLineAsync(static line => line.Contains("snapshot file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Snapshot_older_than_max_stale_is_503_with_the_reason()
    {
        await LiveOnceAsync(Programs.Any);
        using TestFile away = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{FreePorts.Take()}"));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(Programs.Any, away.Path, url, "--snapshot-file", SnapshotFile, "--max-stale", "1ms");
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        HttpResponseMessage answer = await Wait.ForAsync(
            "an answer of service A", async token => await client.GetAsync("/v1/endpoints/k8s-example2/service-b", token), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("urn:berth:problem:too-stale", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Damaged_snapshot_file_is_renamed_and_not_fatal()
    {
        await File.WriteAllTextAsync(SnapshotFile, "nonsense", Cancellation);
        using TestFile away = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{FreePorts.Take()}"));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(Programs.Any, away.Path, url, "--snapshot-file", SnapshotFile);
        await dispatch.Error.WaitForLineAsync(static line => line.Contains("was renamed to", StringComparison.Ordinal));
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        HttpResponseMessage answer = await Wait.ForAsync(
            "an answer of service A", async token => await client.GetAsync("/", token), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True(File.Exists(SnapshotFile + ".damaged"));
    }

    [Theory]
    [InlineData("false", "^$", "\"warnings\":\\[\\]")]
    [InlineData("true", "^10\\.77\\.0\\.[123]:300[012]$", "\"warnings\":\\[\\{\"kind\":\"none-ready\"")]
    public async Task F110_pods_that_are_not_ready_are_handed_out_by_option_while_none_is(string lastResort, string root, string warnings)
    {
        await using FakeKubernetes kubernetes = await StartKubernetesAsync(ready: false);
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(Programs.Any, kubernetes.Kubeconfig, url, "--last-resort", lastResort);
        using HttpClient client = new() { BaseAddress = new Uri(url) };

        string page = await Wait.ForAsync(
            "the endpoints", async token => await client.GetStringAsync("/v1/endpoints/k8s-example2/service-b", token), Cancellation);
        Assert.Equal(3, Regex.Count(page, "\"state\":\"not-ready\""));
        Assert.Matches(warnings, page);
        Assert.Matches(root, await client.GetStringAsync("/", Cancellation));
    }

    [Fact]
    public async Task F101_configuration_file_is_read_again_and_a_faulty_one_changes_nothing()
    {
        await using FakeKubernetes kubernetes = await StartKubernetesAsync();
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        string path = _folder["berth.json"];
        const string Plain = """{"target": "k8s-example2/service-b", "base-port": 3000, "cordon": ["k8s-example2/service-b-0"]}""";
        await File.WriteAllTextAsync(path, Plain, Cancellation);
        await using BerthProcess dispatch = BerthProcess.Start(
            Programs.Any, null, "dispatch", "--config", path, "--kubeconfig", kubernetes.Kubeconfig, "--urls", url);
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        async Task<string> StatesAsync(CancellationToken token)
        {
            using JsonDocument page = JsonDocument.Parse(await client.GetStringAsync("/v1/endpoints/k8s-example2/service-b", token));
            return string.Join(' ', page.RootElement.GetProperty("endpoints").EnumerateArray()
                .Select(static pod => pod.GetProperty("state").GetString()));
        }

        Task UntilAsync(string states) => Wait.ForAsync(
            states, async token => await StatesAsync(token) is var now && now == states ? now : null, Cancellation);
        await UntilAsync("cordoned ready ready");
        string two = Plain.Replace("service-b-0", "service-b-0\", \"k8s-example2/service-b-1", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, two, Cancellation);
        await UntilAsync("cordoned cordoned ready");
        Assert.Matches("^10\\.77\\.0\\.[123]:3002$", await client.GetStringAsync("/", Cancellation));

        await File.WriteAllTextAsync(path, """{"target": "k8s-example2/service-b", "base-port": 3000, "cordons": []}""", Cancellation);
        await dispatch.Error.WaitForLineAsync(static line =>
            line.Contains("has faults and has no effect", StringComparison.Ordinal)
            && line.Contains("the unknown key 'cordons'", StringComparison.Ordinal));
        Assert.Equal("cordoned cordoned ready", await StatesAsync(Cancellation));
        await File.WriteAllTextAsync(path, """{"target": "k8s-example2/service-b", "base-port": 3000}""", Cancellation);
        await UntilAsync("ready ready ready");
    }

    [Theory]
    [InlineData("--cordon lobby-2", "--cordon: 'lobby-2' is no pod to cordon. Write it as NAMESPACE/POD")]
    [InlineData("--max-stale 0", "--max-stale: The duration 0 is below")]
    [InlineData("--max-stale soon", "'soon' is not a duration")]
    [InlineData("--last-resort perhaps", "'perhaps'. Choose one of true, false")]
    [InlineData("--bind here", "'here' is not an IP address")]
    public async Task Faults_of_dispatch_options_are_named(string arguments, string expected)
    {
        BerthResult result = await BerthProcess.RunAnyAsync(
            [.. "dispatch --target a/b --base-port 3000".Split(' '), .. arguments.Split(' ')]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dispatcher_that_follows_another_needs_neither_an_API_nor_ports()
    {
        await LiveOnceAsync(Programs.Any);
        using TestFile away = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{FreePorts.Take()}"));
        string first = $"http://127.0.0.1:{FreePorts.Take()}";
        string second = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess a = Start(Programs.Any, away.Path, first, "--snapshot-file", SnapshotFile);
        await using BerthProcess b = BerthProcess.Start(
            Programs.Any, null, ["dispatch", "--target", "k8s-example2/service-b", "--from", first, "--urls", second]);
        using HttpClient client = new() { BaseAddress = new Uri(second) };

        string address = await Wait.ForAsync(
            "an answer of the second dispatcher", async token => await client.GetStringAsync("/", token), Cancellation);

        Assert.Matches("^10\\.77\\.0\\.[123]:300[012]$", address);
        // The first dispatcher's state of its API passes through.
        using JsonDocument page = JsonDocument.Parse(await client.GetStringAsync("/v1/endpoints/k8s-example2/service-b", Cancellation));
        Assert.Equal("stale", page.RootElement.GetProperty("state").GetString());
        Assert.Contains("snapshot file", page.RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "berth_remote_requests_total{http_response_status_code=\"200\"} 1", await client.GetStringAsync("/metrics", Cancellation),
            StringComparison.Ordinal);
        b.Signal(BerthProcess.Terminate);
        Assert.Equal(0, (await b.WaitForEndAsync()).ExitCode);
    }

    /// <summary>Runs a dispatcher against an API that answers, until its snapshot is on disk.</summary>
    private async Task LiveOnceAsync(string form)
    {
        await using FakeKubernetes kubernetes = await StartKubernetesAsync();
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(form, kubernetes.Kubeconfig, url, "--snapshot-file", SnapshotFile);
        await Wait.ForAsync(
            "the snapshot file", async token => File.Exists(SnapshotFile) ? await File.ReadAllTextAsync(SnapshotFile, token) : null,
            Cancellation);
        dispatch.Signal(BerthProcess.Terminate);
        Assert.Equal(0, (await dispatch.WaitForEndAsync()).ExitCode);
    }

    private static BerthProcess Start(string form, string kubeconfig, string url, params string[] more) =>
        BerthProcess.Start(
            form, null,
            ["dispatch", "--target", "k8s-example2/service-b", "--base-port", "3000", "--urls", url, "--kubeconfig", kubeconfig, .. more]);

    /// <summary>An API with three pods, ready or not.</summary>
    private static Task<FakeKubernetes> StartKubernetesAsync(bool ready = true)
    {
        string list = Path.Combine(AppContext.BaseDirectory, "Fixtures", "kubernetes-1.36", "list-3-ready.json");
        return FakeKubernetes.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            if (context.Request.Query.ContainsKey("watch"))
            {
                await context.Response.StartAsync(context.RequestAborted);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            string text = await File.ReadAllTextAsync(list, context.RequestAborted);
            await context.Response.WriteAsync(
                ready ? text : text.Replace(":true", ":false", StringComparison.Ordinal), context.RequestAborted);
        });
    }
}
