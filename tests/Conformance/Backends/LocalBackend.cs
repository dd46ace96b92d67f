using Berth.Conformance.Api;
using Berth.LocalCluster;
using Berth.TestKit;

namespace Berth.Conformance.Backends;

/// <summary>The local cluster, a fresh one for each test, with RBAC.</summary>
internal sealed class LocalBackend : Backend
{
    private readonly LocalCluster.LocalCluster _cluster;

    private LocalBackend(LocalCluster.LocalCluster cluster, string authorityPem)
        : base(
            cluster.Server, authorityPem,
            KubeClients.NewApi(cluster.Server, KubeClients.Authorities(authorityPem), Field(cluster.Kubeconfig, "token"))) =>
        _cluster = cluster;

    public static async Task<Backend> OpenAsync(Needs needs)
    {
        LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            new LocalClusterOptions
            {
                // A port of the ephemeral range could be taken by another process during a restart.
                Port = FreePorts.Take(),
                EnforceRbac = true,
                Nodes = 3,
                RunProcesses = needs.HasFlag(Needs.Processes),
                // Deaf to SIGTERM: such a pod is terminating until it is killed.
                Images = new Dictionary<string, ImageProgram>(
                    StringComparer.Ordinal) { ["pause"] = new("/bin/sh", "-c", "trap '' TERM; exec sleep 600") },
            },
            TestContext.Current.CancellationToken);
        string authority = System.Text.Encoding.ASCII.GetString(
            Convert.FromBase64String(Field(cluster.Kubeconfig, "certificate-authority-data")));
        return new LocalBackend(cluster, authority);
    }

    public override async Task<string> IssueTokenAsync()
    {
        string kubeconfig = await File.ReadAllTextAsync(
            _cluster.ServiceAccountKubeconfig(Namespace, Account), TestContext.Current.CancellationToken);
        return (await File.ReadAllTextAsync(Field(kubeconfig, "tokenFile"), TestContext.Current.CancellationToken)).Trim();
    }

    public override Task ExpireTokensAsync()
    {
        _cluster.Faults.ExpireTokens();
        return Task.CompletedTask;
    }

    public override Task CompactAsync()
    {
        _cluster.Faults.Compact();
        return Task.CompletedTask;
    }

    public override async Task RestartAsync(Func<Task> whileDown)
    {
        await _cluster.Faults.CutApiAsync();
        await whileDown();
        await _cluster.Faults.RestoreApiAsync(TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private static string Field(string kubeconfig, string name) =>
        kubeconfig.Split('\n').First(line => line.Contains(name + ":", StringComparison.Ordinal)).Split(": ")[1].Trim().Trim('"');
}
