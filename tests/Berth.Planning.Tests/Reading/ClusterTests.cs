using Berth.Kubernetes;
using Berth.LocalCluster;

namespace Berth.Planning.Reading;

public sealed class ClusterTests
{
    private const string Space = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: games, labels: {pod-security.kubernetes.io/enforce: privileged}}
        ---

        """;

    [Fact]
    public async Task Sets_of_a_cluster_are_checked_and_their_pods_count_once()
    {
        await using LocalCluster.LocalCluster cluster = await StartAsync(Plans.Set() + Plans.Set("match", 4002), rbac: false);
        PlanInput input = new();
        await input.AddClusterAsync(Access(cluster.KubeconfigPath), TimeProvider.System, null, TestContext.Current.CancellationToken);
        PortPlan plan = PortPlan.Create(input);
        Assert.Empty(plan.Unread);
        PlanFault fault = Assert.Single(plan.Faults);
        Assert.Equal((PlanRule.Overlap, "cluster"), (fault.Rule, fault.Location.ToString()));
        Assert.Equal(2, plan.Ranges.Count);
    }

    [Fact]
    public async Task Manifests_replace_what_the_cluster_runs()
    {
        await using LocalCluster.LocalCluster cluster = await StartAsync(Plans.Set() + Plans.Set("match", 4002), rbac: false);
        PlanInput input = new();
        input.Add(Plans.Set("match", 4100), "games.yaml");
        await input.AddClusterAsync(Access(cluster.KubeconfigPath), TimeProvider.System, null, TestContext.Current.CancellationToken);
        Assert.Empty(PortPlan.Create(input).Faults);
    }

    [Fact]
    public async Task Ordinals_that_move_on_a_running_parallel_set_are_reported()
    {
        await using LocalCluster.LocalCluster cluster = await StartAsync(Plans.Set(), rbac: false);
        PlanInput input = new();
        input.Add(Plans.Set(spec: "podManagementPolicy: Parallel\n  ordinals: {start: 5}"), "games.yaml");
        await input.AddClusterAsync(Access(cluster.KubeconfigPath), TimeProvider.System, null, TestContext.Current.CancellationToken);
        PlanFault fault = Assert.Single(PortPlan.Create(input).Faults);
        Assert.Equal(PlanRule.OrdinalsMoved, fault.Rule);
        Assert.Contains("from 0 to 5", fault.What, StringComparison.Ordinal);
        Assert.Equal(16, fault.Location.Line);
    }

    [Fact]
    public async Task Kinds_that_the_user_may_not_list_are_reported_and_the_rest_is_checked()
    {
        const string Account = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reader, namespace: games}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: reader}
            rules: [{apiGroups: [apps], resources: [statefulsets], verbs: [list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: reader}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
            subjects: [{kind: ServiceAccount, name: reader, namespace: games}]
            ---

            """;
        await using LocalCluster.LocalCluster cluster = await StartAsync(
            Account + Plans.Set() + Plans.Set("match", 4002), rbac: true);
        PlanInput input = new();
        await input.AddClusterAsync(
            Access(cluster.ServiceAccountKubeconfig("games", "reader")), TimeProvider.System, null, TestContext.Current.CancellationToken);
        Assert.True(input.IsClusterUnread);
        string sentence = Assert.Single(input.Unread);
        Assert.StartsWith("nodes, namespaces, services, pods, configmaps, daemonsets, deployments", sentence, StringComparison.Ordinal);
        Assert.Contains(" are not read, and the plan does not count them: ", sentence, StringComparison.Ordinal);
        Assert.Contains("nodes is forbidden: User \"system:serviceaccount:games:reader\" cannot list", sentence, StringComparison.Ordinal);
        Assert.Contains(
            "kubectl create clusterrole berth-plan --verb=list --resource=nodes,namespaces,services,pods,configmaps,daemonsets.apps," +
            "deployments.apps",
            sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("statefulsets", sentence, StringComparison.Ordinal);
        Assert.Contains(PortPlan.Create(input).Faults, static fault => fault.Rule == PlanRule.Overlap);
    }

    [Fact]
    public async Task Cluster_that_is_gone_is_told_once()
    {
        string kubeconfig;
        using TestFolder folder = new();
        await using (LocalCluster.LocalCluster cluster = await StartAsync(Plans.Set(), rbac: false))
            kubeconfig = folder.Write("config", cluster.Kubeconfig);
        PlanInput input = new();
        await input.AddClusterAsync(Access(kubeconfig), TimeProvider.System, null, TestContext.Current.CancellationToken);
        Assert.Single(input.Unread);
        Assert.True(input.IsClusterUnread);
    }

    [Fact]
    public async Task Answers_that_are_cut_or_refused_are_reported_and_the_rest_is_checked()
    {
        const string Pod = """
            {"metadata": {"name": "NAME", "namespace": "games"}, "spec": {"hostNetwork": true, "dnsPolicy": "Default",
             "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 4000}]}]}}
            """;
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        api.OnNodes(static exchange => exchange.AnswerAsync(500, """{"kind": "Status", "code": 500, "message": "etcd is slow"}"""));
        api.OnList(200, """{"items": []}""");
        api.OnList(200, """{"items": [{"metadata": """);
        api.OnList(200, $$"""{"metadata": {"continue": "next"}, "items": [{{Pod.Replace("NAME", "a", StringComparison.Ordinal)}}]}""");
        api.OnList(200, $$"""{"items": [{{Pod.Replace("NAME", "b", StringComparison.Ordinal)}}]}""");
        for (int kind = 0; kind < 5; kind++)
            api.OnList(404, """{"kind": "Status", "code": 404, "message": "no such kind"}""");
        using TestFolder folder = new();
        string kubeconfig = folder.Write("config", $$$"""
            clusters: [{name: c, cluster: {server: "{{{api.Address}}}"}}]
            contexts: [{name: x, context: {cluster: c}}]
            current-context: x
            """);
        PlanInput input = new();
        await input.AddClusterAsync(Access(kubeconfig), TimeProvider.System, null, TestContext.Current.CancellationToken);
        Assert.Equal(2, input.Unread.Count);
        Assert.StartsWith("nodes are not read, and the plan does not count them:", input.Unread[0], StringComparison.Ordinal);
        Assert.Contains("etcd is slow", input.Unread[0], StringComparison.Ordinal);
        Assert.StartsWith("services are not read in full", input.Unread[1], StringComparison.Ordinal);
        Assert.Contains("continue=next", api.Requests.ElementAt(4).QueryString, StringComparison.Ordinal);
        Assert.Equal(
            PlanRule.Overlap, Assert.Single(PortPlan.Create(input).Faults, static fault => fault.Level == PlanLevel.Error).Rule);
    }

    private static Task<LocalCluster.LocalCluster> StartAsync(string manifests, bool rbac) => LocalCluster.LocalCluster.StartAsync(
        new LocalClusterOptions { Manifests = [Space + manifests], RunProcesses = false, EnforceRbac = rbac },
        TestContext.Current.CancellationToken);

    private static ClusterAccess Access(string kubeconfig) => KubernetesEndpoints.FindAccess(
        new ClusterAccessOptions { Kubeconfig = kubeconfig, Environment = static _ => null });
}
