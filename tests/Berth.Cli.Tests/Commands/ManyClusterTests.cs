using System.Net;
using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

/// <summary>Service A over several clusters, as a process.</summary>
public sealed class ManyClusterTests
{
    private const string Set = "/v1/endpoints/k8s-example2/service-b";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_contexts_are_one_set_and_the_first_is_preferred()
    {
        await using FakeKubernetes east = await FakeKubernetes.StartAsync(new SlicesServer().AnswerAsync);
        await using FakeKubernetes west = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        using TestFile kubeconfig = new(Kubeconfig(("a", east.Server), ("b", west.Server)));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(kubeconfig.Path, url, "east=context:a", "west=context:b");
        using HttpClient client = new() { BaseAddress = new Uri(url) };

        Assert.Equal("east: 0 1; west: 0", await UntilAsync(client, "east: 0 1; west: 0"));
        using HttpResponseMessage first = await client.GetAsync("/", Cancellation);
        Assert.Equal(["east"], first.Headers.GetValues("Berth-Cluster"));
        using HttpResponseMessage other = await client.GetAsync("/?cluster=west", Cancellation);
        Assert.Equal("127.0.0.1:3000", await other.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(["west"], other.Headers.GetValues("Berth-Cluster"));
        string metrics = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("k8s_cluster_name=\"west\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_that_is_away_at_the_start_joins_when_it_answers()
    {
        await using FakeKubernetes east = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        int port = FreePorts.Take();
        using TestFile kubeconfig = new(Kubeconfig(("a", $"http://127.0.0.1:{port}"), ("b", east.Server)));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(kubeconfig.Path, url, "away=context:a", "east=context:b");
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        await UntilAsync(client, "east: 0");
        using HttpResponseMessage answer = await client.GetAsync("/", Cancellation);
        Assert.Equal(["east; fallback"], answer.Headers.GetValues("Berth-Cluster"));
        await using FakeKubernetes back = await FakeKubernetes.StartAsync(new SlicesServer().AnswerAsync, port);
        await UntilAsync(client, "away: 0 1; east: 0");
    }

    /// <summary>Its API server ends with all its connections, and starts again at the same address.</summary>
    [Fact]
    public async Task Killed_cluster_ages_alone_gives_way_and_comes_back()
    {
        int port = FreePorts.Take();
        FakeKubernetes east = await FakeKubernetes.StartAsync(new SlicesServer().AnswerAsync, port);
        await using FakeKubernetes west = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        using TestFile kubeconfig = new(Kubeconfig(("a", east.Server), ("b", west.Server)));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(
            kubeconfig.Path, url, ["east=context:a", "west=context:b"], "--max-stale", "1s");
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        await UntilAsync(client, "east: 0 1; west: 0");
        Assert.Equal("east live; west live", await ReadClustersAsync(client, Cancellation));

        await east.DisposeAsync();
        await Wait.ForAsync(
            "east is too stale, and west is live",
            async token => await ReadClustersAsync(client, token) is "east too-stale; west live" ? "yes" : null, Cancellation);
        using HttpResponseMessage fallen = await client.GetAsync("/", Cancellation);
        Assert.Equal(["west; fallback"], fallen.Headers.GetValues("Berth-Cluster"));
        using HttpResponseMessage named = await client.GetAsync("/?cluster=east", Cancellation);
        Assert.Equal(["west; fallback"], named.Headers.GetValues("Berth-Cluster"));
        Assert.Equal("west: 0", await ReadAsync(client, Cancellation));
        Assert.Equal("ready", (await client.GetStringAsync("/readyz", Cancellation)).Trim());
        string metrics = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains(metrics.Split('\n'), static line => IsStale(line, "east", '1'));
        Assert.Contains(metrics.Split('\n'), static line => IsStale(line, "west", '0'));

        await using FakeKubernetes back = await FakeKubernetes.StartAsync(new SlicesServer().AnswerAsync, port);
        await UntilAsync(client, "east: 0 1; west: 0");
        using HttpResponseMessage again = await client.GetAsync("/", Cancellation);
        Assert.Equal(["east"], again.Headers.GetValues("Berth-Cluster"));
    }

    private static bool IsStale(string line, string cluster, char value) =>
        line.StartsWith("berth_snapshot_stale", StringComparison.Ordinal) && line.EndsWith(value)
            && line.Contains($"k8s_cluster_name=\"{cluster}\"", StringComparison.Ordinal);

    [Fact]
    public async Task Cluster_through_a_dispatcher_is_followed_beside_a_context()
    {
        await using FakeKubernetes east = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        await using FakeKubernetes west = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-1"] }.AnswerAsync);
        string far = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess remote = BerthProcess.Start(
            Programs.Any, null, "dispatch", "--target", "k8s-example2/service-b", "--base-port", "3000", "--kubeconfig", west.Kubeconfig,
            "--urls", far);
        using TestFile kubeconfig = new(Kubeconfig(("a", east.Server)));
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        await using BerthProcess dispatch = Start(kubeconfig.Path, url, $"far={far}", "east=context:a");
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        await UntilAsync(client, "far: 1; east: 0");
    }

    [Fact]
    public async Task Table_has_a_column_for_the_clusters_and_names_one_that_is_away()
    {
        await using FakeKubernetes east = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        using TestFile kubeconfig = new(Kubeconfig(("a", east.Server), ("b", $"http://127.0.0.1:{FreePorts.Take()}")));
        BerthResult result = await InProcess.RunAsync(
            "", isPlugin: false, "get", "endpoints", "k8s-example2/service-b", "--kubeconfig", kubeconfig.Path,
            "--cluster", "east=context:a", "--cluster", "west=context:b");
        result.AssertOk();
        string[] lines = result.Out.Split('\n');
        Assert.StartsWith("CLUSTER  POD          ADDRESS", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("east     service-b-0  127.0.0.1:3000", lines[1], StringComparison.Ordinal);
        Assert.Contains("berth: The cluster west is not-listed: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("east=context:a --cluster east=context:b", "The cluster east is given twice. Give each cluster a name of its own.")]
    [InlineData("East=context:a", "The cluster name 'East' contains 'E'")]
    [InlineData("east", "'east' is no cluster. Write it as east=context:prod-east")]
    [InlineData("east=prod-east", "'east=prod-east' is no cluster.")]
    [InlineData("east=context:", "'east=context:' is no cluster.")]
    [InlineData("far=ftp://x", "'ftp://x'")]
    [InlineData("east=context:nowhere", "The cluster east cannot be followed.")]
    [InlineData("here=in-cluster", "The cluster here cannot be followed. No cluster is configured")]
    [InlineData("east=context:a --context b", "--context and --cluster are both given.")]
    [InlineData("east=context:a --last-resort true", "--last-resort and --cluster are both given.")]
    [InlineData("east=context:a --from http://a", "--from and --cluster are both given.")]
    [InlineData("east=context:a --source dns", "--cluster and another source are both given.")]
    public async Task Faults_are_sentences_and_exit_code_2(string clusters, string sentence)
    {
        using TestFile kubeconfig = new(Kubeconfig(("a", "http://127.0.0.1:1"), ("b", "http://127.0.0.1:2")));
        string[] args =
        [
            "dispatch", "--target", "a/b", "--base-port", "3000", "--kubeconfig", kubeconfig.Path,
            "--cluster", .. clusters.Split(' '),
        ];
        BerthResult result = await InProcess.RunAsync("", isPlugin: false, args);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
    }

    private static BerthProcess Start(string kubeconfig, string url, params string[] clusters) => Start(kubeconfig, url, clusters, []);

    private static BerthProcess Start(string kubeconfig, string url, string[] clusters, params string[] others) => BerthProcess.Start(
        Programs.Any, null,
        [
            "dispatch", "--target", "k8s-example2/service-b", "--base-port", "3000", "--kubeconfig", kubeconfig, "--urls", url,
            .. clusters.SelectMany(static cluster => new[] { "--cluster", cluster }), .. others,
        ]);

    private static string Kubeconfig(params (string Context, string Server)[] contexts)
    {
        string names = string.Join(
            ", ", contexts.Select(static c => $"{{ name: {c.Context}, context: {{ cluster: {c.Context}, user: me }} }}"));
        string servers = string.Join(
            ", ", contexts.Select(static c => $"{{ name: {c.Context}, cluster: {{ server: \"{c.Server}\" }} }}"));
        return $"""
            apiVersion: v1
            kind: Config
            current-context: {contexts[0].Context}
            contexts: [{names}]
            clusters: [{servers}]
            users: [{"{ name: me, user: { token: secret-token } }"}]
            """;
    }

    /// <summary>Waits until the pods by cluster are as wanted.</summary>
    private static Task<string> UntilAsync(HttpClient client, string wanted) => Wait.ForAsync(
        wanted, async token => await ReadAsync(client, token) is var now && now == wanted ? now : null, Cancellation);

    /// <summary>The clusters with their states.</summary>
    private static async Task<string> ReadClustersAsync(HttpClient client, CancellationToken token)
    {
        using HttpResponseMessage answer = await client.GetAsync("/v1/targets", token);
        using JsonDocument page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(token));
        return string.Join("; ", page.RootElement.GetProperty("targets")[0].GetProperty("clusters").EnumerateArray().Select(
            static cluster => $"{cluster.GetProperty("name").GetString()} {cluster.GetProperty("state").GetString()}"));
    }

    private static async Task<string> ReadAsync(HttpClient client, CancellationToken token)
    {
        using HttpResponseMessage answer = await client.GetAsync(Set, token);
        if (answer.StatusCode != HttpStatusCode.OK)
            return "";
        using JsonDocument page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(token));
        return string.Join("; ", page.RootElement.GetProperty("endpoints").EnumerateArray()
            .GroupBy(static pod => pod.GetProperty("cluster").GetString())
            .Select(static pods => $"{pods.Key}: {string.Join(' ', pods.Select(static pod => pod.GetProperty("ordinal").GetInt32()))}"));
    }
}
