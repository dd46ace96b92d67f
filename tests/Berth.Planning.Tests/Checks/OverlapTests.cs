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
        NodeAffinity + "[{key: cores, operator: Gt, values: [\"8\"]}]}]}}}",
        NodeAffinity + "[{key: cores, operator: Lt, values: [\"9\"]}]}]}}}")]
    [InlineData("nodeSelector: {cores: \"8\"}", NodeAffinity + "[{key: cores, operator: Gt, values: [\"8\"]}]}]}}}")]
    [InlineData("nodeSelector: {cores: many}", NodeAffinity + "[{key: cores, operator: Lt, values: [\"8\"]}]}]}}}")]
    [InlineData("", NodeAffinity + "[{key: cores, operator: Lt, values: [\"0\"]}]}]}}}")]
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
    [InlineData("nodeSelector: {cores: \"9\"}", NodeAffinity + "[{key: cores, operator: Gt, values: [\"8\"]}]}]}}}")]
    [InlineData(
        NodeAffinity + "[{key: cores, operator: Gt, values: [\"8\"]}]}]}}}",
        NodeAffinity + "[{key: cores, operator: Lt, values: [\"10\"]}]}]}}}")]
    public void Sets_that_may_share_a_node_are_reported(string one, string other) =>
        Plans.Only(PlanRule.Overlap, Plans.Set(podSpec: one) + Plans.Set("match", 4000, podSpec: other));

    [Fact]
    public void Affinity_that_Kubernetes_refuses_is_reported_and_makes_a_warning()
    {
        const string Above = NodeAffinity + "[{key: cores, operator: Gt, values: [eight]}]}]}}}";
        PortPlan plan = Plans.Of(Plans.Set(podSpec: Above) + Plans.Set("match", 4000));
        PlanFault fault = Assert.Single(plan.Faults, static fault => fault.Rule == PlanRule.Overlap);
        Assert.Equal(PlanLevel.Warning, fault.Level);
        Assert.Contains("an operator or a number that Kubernetes does not take", fault.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_nodes_decide_by_numbers_in_labels()
    {
        const string Node = """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {cores: "16"}}
            ---

            """;
        string large = Plans.Set("large", 4000, podSpec: NodeAffinity + "[{key: cores, operator: Gt, values: [\"8\"]}]}]}}}");
        string small = Plans.Set("small", 4000, podSpec: NodeAffinity + "[{key: cores, operator: Lt, values: [\"16\"]}]}]}}}");
        Plans.Only(PlanRule.Overlap, Node + Plans.Set() + large);
        Plans.AssertClean(Node + Plans.Set() + small);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "0.0.0.0", true)]
    [InlineData("10.0.0.1", "\"::\"", true)]
    [InlineData("\"fd00::1\"", "\"fd00:0::1\"", true)]
    [InlineData("10.0.0.1", "\"\"", true)]
    public void Host_ports_of_different_addresses_do_not_meet(string one, string other, bool meets)
    {
        string both = Agent("one", $"{{containerPort: 80, hostPort: 4001, hostIP: {one}}}")
            + Agent("two", $"{{containerPort: 80, hostPort: 4001, hostIP: {other}}}");
        if (!meets)
            Plans.AssertClean(both);
        else
            Assert.Contains("port 4001 in common", Plans.Only(PlanRule.Overlap, both).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_on_the_host_network_meets_a_host_port_of_any_address()
    {
        PlanFault fault = Plans.Only(
            PlanRule.Overlap, Plans.Set() + Agent("agent", "{containerPort: 80, hostPort: 4001, hostIP: 10.0.0.1}"));
        Assert.Contains("4001/TCP at 10.0.0.1", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_pod_and_DaemonSet_on_the_host_network_claim_their_ports()
    {
        const string Daemons = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent, namespace: games, annotations: {berth/fixed-port: "4002"}}
            spec: {template: {spec: {hostNetwork: true, dnsPolicy: Default, containers: [{name: a, image: a}]}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: relay, namespace: games, annotations: {berth/fixed-port: "4002"}}
            spec: {hostNetwork: true, dnsPolicy: Default, containers: [{name: a, image: a}]}
            ---

            """;
        PortPlan plan = Plans.Of(Plans.Set() + Daemons);
        Assert.Equal(
            ["DaemonSet games/agent", "Pod games/relay", "Pod games/relay"],
            plan.Faults.Where(static fault => fault.Rule == PlanRule.Overlap).Select(static fault => fault.Subject));
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
        PlanFault fault = Plans.Only(PlanRule.Overlap, Plans.Set() + Agent("agent", "{containerPort: 80, hostPort: 4001}"));
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

    private static string Agent(string name, string port) => $$$$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: {{{{name}}}}, namespace: monitoring}
        spec:
          template:
            spec:
              containers: [{name: a, image: a, ports: [{{{{port}}}}]}]
        ---

        """;
}
