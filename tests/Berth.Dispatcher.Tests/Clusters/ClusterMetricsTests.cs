namespace Berth.Dispatcher.Tests.Clusters;

public sealed class ClusterMetricsTests
{
    [Fact]
    public async Task Metrics_tell_the_clusters_apart()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync("east: 0 1; west: 0");
        fixture.Clusters.Fail("west", "West is away.");
        await fixture.Clusters.UntilAsync("east: 0 1; west: 0 (stale)", ClusterFixture.Token);
        string metrics = await fixture.Client.GetStringAsync("/metrics", ClusterFixture.Token);
        const string Of = "k8s_namespace_name=\"k8s-example2\",k8s_service_name=\"service-b\",k8s_cluster_name=";
        string[] lines = metrics.Split('\n');
        Assert.Contains($"berth_snapshot_stale{{{Of}\"east\"}} 0", lines);
        Assert.Contains($"berth_snapshot_stale{{{Of}\"west\"}} 1", lines);
        Assert.Contains($"berth_endpoints{{{Of}\"east\",berth_endpoint_state=\"ready\"}} 2", lines);
        Assert.Contains($"berth_endpoints{{{Of}\"west\",berth_endpoint_state=\"ready\"}} 1", lines);
        Assert.DoesNotContain(lines, static line => line.StartsWith("berth_endpoints{", StringComparison.Ordinal)
            && !line.Contains("k8s_cluster_name", StringComparison.Ordinal));
    }
}
