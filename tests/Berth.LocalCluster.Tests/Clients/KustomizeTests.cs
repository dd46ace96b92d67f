namespace Berth.LocalCluster.Clients;

public sealed class KustomizeTests
{
    [Fact]
    public async Task A_folder_that_only_names_resources_needs_no_kubectl_and_one_that_does_more_is_read_by_it()
    {
        await using TestCluster plain = await StartAsync("deploy/base");
        await plain.WaitReadyAsync(6);
        Assert.Null(plain.Cluster.Get("clusterrole", null, "berth-nodes-reader"));

        await Kubectl.TryAsync(plain.Cluster.KubeconfigPath, "version");
        await using TestCluster overlay = await StartAsync("deploy/overlays/external-addresses");
        await overlay.WaitReadyAsync(6);
        Assert.NotNull(overlay.Cluster.Get("clusterrole", null, "berth-nodes-reader"));
        Assert.Contains("\"name\":\"BERTH_ADDRESS\",\"value\":\"external\"", overlay.Cluster.Get("deploy", TestCluster.Namespace, "service-a"), StringComparison.Ordinal);
    }

    private static Task<TestCluster> StartAsync(string folder) =>
        TestCluster.StartAsync(new LocalClusterOptions { RunProcesses = false, ManifestPaths = [Repository.File(folder)] });
}
