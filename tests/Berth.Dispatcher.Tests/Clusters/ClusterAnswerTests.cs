using System.Net;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Clusters;

/// <summary>The answers of service A over two clusters, in any program. East is preferred.</summary>
public sealed class ClusterAnswerTests
{
    private const string Set = "/v1/endpoints/k8s-example2/service-b";

    private static CancellationToken Token => ClusterFixture.Token;

    [Fact]
    public async Task Root_answers_from_the_first_cluster_alone()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0 1; west: 0 1 2");
        for (int i = 0; i < 6; i++)
        {
            (string body, string? cluster) = await fixture.AskAsync("/");
            Assert.Equal(("10.77.0.1:300" + (i % 2), "east"), (body, cluster));
        }
    }

    [Fact]
    public async Task F108_root_falls_over_when_the_first_cluster_has_no_ready_pod()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0; west: 0 1");
        fixture.Clusters.Push("east", TwoClusters.Pod("east", 0, ready: false));
        await fixture.Clusters.UntilAsync("east:; west: 0 1", Token);
        Assert.Equal("west; fallback", (await fixture.AskAsync("/")).Cluster);
        JsonElement json = await fixture.GetJsonAsync(Set + "?pick");
        Assert.True(json.GetProperty("clusterFallback").GetBoolean());
        Assert.Equal("west", json.GetProperty("endpoint").GetProperty("cluster").GetString());
        fixture.Clusters.Push("east", 1);
        await fixture.Clusters.UntilAsync("east: 0; west: 0 1", Token);
        Assert.Equal("east", (await fixture.AskAsync("/")).Cluster);
    }

    [Fact]
    public async Task Stale_cluster_with_ready_pods_is_still_the_preferred_one()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0; west: 0");
        fixture.Clusters.Fail("east", "East is away.");
        await fixture.Clusters.UntilAsync("east: 0 (stale); west: 0", Token);
        Assert.Equal("east", (await fixture.AskAsync("/")).Cluster);
    }

    [Theory]
    [InlineData("/?cluster=west", "west")]
    [InlineData("/?cluster=east", "east")]
    [InlineData("/?cluster=north", "east; fallback")]
    [InlineData(Set + "?cluster=west", "west")]
    [InlineData(Set + "?key=room-7&cluster=west", "west")]
    [InlineData(Set + "?key=room-7", "east")]
    public async Task Cluster_that_a_request_names_is_asked_first(string path, string expected)
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0; west: 0");
        Assert.Equal(expected, (await fixture.AskAsync(path)).Cluster);
    }

    [Fact]
    public async Task Named_cluster_without_a_ready_pod_gives_way_and_says_so()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0; west: 0");
        fixture.Clusters.Push("west");
        await fixture.Clusters.UntilAsync("east: 0; west:", Token);
        Assert.Equal("east; fallback", (await fixture.AskAsync("/?cluster=west")).Cluster);
    }

    [Fact]
    public async Task No_ready_pod_in_any_cluster_is_an_empty_answer()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east:; west:");
        Assert.Equal(("", null), await fixture.AskAsync("/"));
        using HttpResponseMessage problem = await fixture.Client.GetAsync(Set + "?pick", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, problem.StatusCode);
    }

    [Fact]
    public async Task Zone_is_looked_for_inside_the_cluster()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync();
        fixture.Clusters.Push("east", TwoClusters.Pod("east", 0, zone: "a"), TwoClusters.Pod("east", 1, zone: "b"));
        fixture.Clusters.Push("west", TwoClusters.Pod("west", 0, zone: "c"));
        await fixture.Clusters.UntilAsync("east: 0 1; west: 0", Token);
        using HttpResponseMessage own = await fixture.Client.GetAsync("/?zone=b", Token);
        Assert.Equal(["b"], own.Headers.GetValues("Berth-Zone"));
        using HttpResponseMessage other = await fixture.Client.GetAsync("/?zone=c", Token);
        Assert.EndsWith("; fallback", other.Headers.GetValues("Berth-Zone").Single(), StringComparison.Ordinal);
        Assert.Equal(["east"], other.Headers.GetValues("Berth-Cluster"));
        using HttpResponseMessage both = await fixture.Client.GetAsync("/?zone=c&cluster=west", Token);
        Assert.Equal(["c"], both.Headers.GetValues("Berth-Zone"));
    }

    [Fact]
    public async Task Page_names_the_clusters_and_each_pod_its_own()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0; west: 0");
        fixture.Clusters.Fail("west", "West is away.");
        await fixture.Clusters.UntilAsync("east: 0; west: 0 (stale)", Token);
        JsonElement page = await fixture.GetJsonAsync(Set);
        Assert.Equal("live", page.GetProperty("state").GetString());
        Assert.Equal(
            ["east", "west"], page.GetProperty("endpoints").EnumerateArray().Select(static pod => pod.GetProperty("cluster").GetString()));
        JsonElement[] clusters = [.. page.GetProperty("clusters").EnumerateArray()];
        Assert.Equal(["east live", "west stale"], clusters.Select(
            static cluster => $"{cluster.GetProperty("name").GetString()} {cluster.GetProperty("state").GetString()}"));
        Assert.Equal("West is away.", clusters[1].GetProperty("reason").GetString());
        Assert.All(clusters, static cluster => Assert.Equal(1, cluster.GetProperty("available").GetInt32()));
        Assert.All(clusters, static cluster => Assert.True(cluster.GetProperty("ageSeconds").GetDouble() >= 0));
        JsonElement target = (await fixture.GetJsonAsync("/v1/targets")).GetProperty("targets")[0];
        Assert.Equal(2, target.GetProperty("clusters").GetArrayLength());
    }

    [Fact]
    public async Task Pod_name_means_the_named_cluster_or_the_first_with_a_ready_pod()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync();
        fixture.Clusters.Push("east", TwoClusters.Pod("east", 0), TwoClusters.Pod("east", 1, ready: false));
        fixture.Clusters.Push("west", 3);
        await fixture.Clusters.UntilAsync("east: 0; west: 0 1 2", Token);
        Assert.Equal("east", await ClusterOfAsync("/0"));
        Assert.Equal("west", await ClusterOfAsync("/0?cluster=west"));
        Assert.Equal("west", await ClusterOfAsync("/service-b-1"));
        Assert.Equal("west", await ClusterOfAsync("/2"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/2?cluster=east"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/9"));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync("/1?cluster=east"));

        async Task<string?> ClusterOfAsync(string rest) =>
            (await fixture.GetJsonAsync(Set + rest)).GetProperty("endpoint").GetProperty("cluster").GetString();

        async Task<HttpStatusCode> StatusAsync(string rest)
        {
            using HttpResponseMessage answer = await fixture.Client.GetAsync(Set + rest, Token);
            return answer.StatusCode;
        }
    }
}
