namespace Berth.Planning.Checks;

public sealed class OverlapTests
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string NodeAffinity = "affinity: {nodeAffinity: {" + Required + ": {nodeSelectorTerms: [{matchExpressions: ";

    [Fact]
    public void Sets_of_different_ranges_have_no_fault() => Plans.AssertClean(Plans.Set() + Plans.Set("match", 4100));

    [Fact]
    public void Manifests_of_deploy_base_have_no_fault() => Plans.AssertClean(
        Checkout.Read("deploy/base/namespace.yaml") + "---\n" + Checkout.Read("deploy/base/service-a.yaml") + "---\n" +
        Checkout.Read("deploy/base/service-b.yaml"));

    [Fact]
    public void Later_of_two_sets_on_one_range_is_reported_with_its_line()
    {
        PlanFault fault = Plans.Only(PlanRule.Overlap, Plans.Set() + Plans.Set("match", 4002));
        Assert.Equal("StatefulSet games/match", fault.Subject);
        Assert.Equal(new PlanLocation("games.yaml", 62), fault.Location);
        Assert.Equal(new PlanLocation("games.yaml", 30), fault.Related);
        Assert.Contains("4002..4004", fault.What, StringComparison.Ordinal);
        Assert.Contains("StatefulSet games/lobby (4000..4002)", fault.What, StringComparison.Ordinal);
        Assert.Contains("port 4002 in common", fault.What, StringComparison.Ordinal);
        Assert.Contains("4005..4007 is free", fault.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodeSelector: {pool: a}", "nodeSelector: {pool: b}")]
    [InlineData("nodeName: node-1", "nodeName: node-2")]
    [InlineData("nodeSelector: {pool: a}", NodeAffinity + "[{key: pool, operator: NotIn, values: [a]}]}]}}}")]
    [InlineData("nodeSelector: {pool: a}", NodeAffinity + "[{key: pool, operator: DoesNotExist}]}]}}}")]
    [InlineData(
        "",
        "affinity: {podAntiAffinity: {" + Required
            + ": [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: lobby}}}]}}")]
    public void Sets_that_cannot_share_a_node_may_share_ports(string one, string other) =>
        Plans.AssertClean(Plans.Set(podSpec: one) + Plans.Set("match", 4000, podSpec: other));

    [Theory]
    [InlineData("nodeSelector: {pool: a}", "nodeSelector: {disk: ssd}")]
    [InlineData("nodeSelector: {pool: a}", "nodeSelector: {pool: a}")]
    [InlineData("", "nodeName: node-2")]
    public void Sets_that_may_share_a_node_are_reported(string one, string other) =>
        Plans.Only(PlanRule.Overlap, Plans.Set(podSpec: one) + Plans.Set("match", 4000, podSpec: other));

    [Fact]
    public void Affinity_that_is_not_understood_is_said_and_makes_a_warning()
    {
        const string Above = NodeAffinity + "[{key: cores, operator: Gt, values: [\"8\"]}]}]}}}";
        PlanFault fault = Plans.Only(PlanRule.Overlap, Plans.Set(podSpec: Above) + Plans.Set("match", 4000));
        Assert.Equal(PlanLevel.Warning, fault.Level);
        Assert.Contains("Gt or Lt is not understood", fault.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_nodes_decide_by_labels_and_taints()
    {
        const string Nodes = """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {pool: a}}
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: node-2, labels: {pool: a, gpu: "1"}}
            spec: {taints: [{key: gpu, value: "1", effect: NoSchedule}]}
            ---

            """;
        string tolerant = Plans.Set(
            "match", 4000, podSpec: "nodeSelector: {gpu: \"1\"}\n      tolerations: [{key: gpu, operator: Exists}]");
        string intolerant = Plans.Set("match", 4000, podSpec: "nodeSelector: {gpu: \"1\"}");
        Plans.AssertClean(Nodes + Plans.Set() + tolerant);
        Plans.AssertClean(Nodes + Plans.Set() + intolerant);
        Plans.Only(PlanRule.Overlap, Nodes + Plans.Set(podSpec: "tolerations: [{operator: Exists}]") + tolerant);
    }

    [Fact]
    public void Autoscaler_maximum_counts()
    {
        const string Scaler = """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: lobby, namespace: games}
            spec: {maxReplicas: 150, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: lobby}}
            ---

            """;
        PlanFault fault = Plans.Only(PlanRule.Overlap, Scaler + Plans.Set() + Plans.Set("match", 4100));
        Assert.Contains("4000..4149", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void First_ordinal_and_stride_count()
    {
        string set = Plans.Set(spec: "ordinals: {start: 10}")
            .Replace(
                "value: \"4000\"}", "value: \"game=4000,admin=4005/TCP\"}\n            - {name: BERTH_STRIDE, value: \"10\"}",
                StringComparison.Ordinal);
        PortPlan plan = Plans.Of(set);
        Assert.Equal(
            [(4100L, 4120L, 10, "game", (string?)null), (4105L, 4125L, 10, "admin", "TCP")],
            plan.Ranges.Select(static range => (range.First, range.Last, range.Stride, range.Name, range.Protocol)));
        Assert.Empty(plan.Faults);
    }

    [Fact]
    public void Interleaved_ranges_do_not_meet()
    {
        PlanOptions options = new()
        {
            Ports = new Dictionary<string, string> { ["games/a"] = "4000@2", ["games/b"] = "4001@2" },
            Headroom = 0,
        };
        string text = (Plans.Set("a") + Plans.Set("b")).Replace("- {name: BERTH_BASE_PORT, value: \"4000\"}", "", StringComparison.Ordinal);
        Assert.DoesNotContain(Plans.Of(text, options).Faults, static fault => fault.Rule == PlanRule.Overlap);
    }

    [Fact]
    public void Declared_host_port_of_another_pod_is_a_claim()
    {
        const string Agent = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent, namespace: monitoring}
            spec:
              template:
                spec:
                  containers: [{name: a, image: a, ports: [{containerPort: 80, hostPort: 4001}]}]
            """;
        PlanFault fault = Plans.Only(PlanRule.Overlap, Plans.Set() + Agent);
        Assert.Equal("DaemonSet monitoring/agent", fault.Subject);
        Assert.Contains("4001/TCP", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_bases_of_one_set_that_meet_are_reported()
    {
        string text = Plans.Set().Replace("value: \"4000\"", "value: \"game=4000,admin=4002\"", StringComparison.Ordinal);
        PlanFault fault = Plans.Only(PlanRule.OverlapWithin, text);
        Assert.Contains("port 4002 in common", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Protocols_that_differ_do_not_meet()
    {
        string udp = Plans.Set("match", 4000).Replace("value: \"4000\"", "value: \"4000/UDP\"", StringComparison.Ordinal);
        string tcp = Plans.Set().Replace("value: \"4000\"", "value: \"4000/TCP\"", StringComparison.Ordinal);
        Plans.AssertClean(tcp + udp);
        Plans.Only(PlanRule.Overlap, Plans.Set() + udp);
    }

    [Fact]
    public void Set_that_meets_many_is_told_five_times()
    {
        string text = string.Concat(Enumerable.Range(0, 9).Select(static i => Plans.Set($"s{i}")));
        PortPlan plan = Plans.Of(text);
        PlanFault[] ofLast = [.. plan.Faults.Where(static fault => fault.Subject == "StatefulSet games/s8")];
        Assert.Equal(5, ofLast.Length);
        Assert.Contains("It meets 8 workloads", ofLast[0].What, StringComparison.Ordinal);
    }
}
