namespace Berth.Planning.Checks;

public sealed class RangeTests
{
    [Fact]
    public void Range_above_65535_names_the_first_ordinal_without_a_port()
    {
        PlanFault fault = Plans.Only(PlanRule.AboveMax, Plans.Set(basePort: 65534, replicas: 4));
        Assert.Contains("from ordinal 2 on", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Autoscaler_above_65535_is_named()
    {
        const string Scaler = """
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: lobby, namespace: games}
            spec: {scaleTargetRef: {kind: StatefulSet, name: lobby}}
            ---

            """;
        PlanFault fault = Plans.Only(PlanRule.AboveMax, Scaler + Plans.Set(basePort: 65500, replicas: 4));
        Assert.Contains("at the maximum of ScaledObject games/lobby (100 pods)", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void NodePort_range_is_kept_free()
    {
        Plans.Only(PlanRule.NodePorts, Plans.Set(basePort: 29999));
        Plans.AssertClean(Plans.Set(basePort: 29990, replicas: 10));
        Plans.AssertClean(Plans.Set(basePort: 29999), new PlanOptions { NodePorts = null });
        Plans.Only(PlanRule.NodePorts, Plans.Set(), new PlanOptions { NodePorts = new PlanRange(4002, 4009) });
    }

    [Fact]
    public void Ephemeral_range_is_a_warning_that_says_what_is_assumed()
    {
        PlanFault assumed = Plans.Only(PlanRule.Ephemeral, Plans.Set(basePort: 40000));
        Assert.Equal(PlanLevel.Warning, assumed.Level);
        Assert.Contains("The range is assumed: it is the default of Linux", assumed.Remedy, StringComparison.Ordinal);
        PlanFault stated = Plans.Only(
            PlanRule.Ephemeral, Plans.Set(basePort: 40000), new PlanOptions { Ephemeral = new PlanRange(40000, 60999) });
        Assert.DoesNotContain("assumed", stated.Remedy, StringComparison.Ordinal);
        Plans.AssertClean(Plans.Set(basePort: 40000), new PlanOptions { Ephemeral = new PlanRange(50000, 60999) });
    }

    [Theory]
    [InlineData(10250, "the kubelet", PlanLevel.Error)]
    [InlineData(10256, "kube-proxy", PlanLevel.Error)]
    [InlineData(9100, "the node exporter", PlanLevel.Error)]
    [InlineData(6443, "the API server", PlanLevel.Warning)]
    [InlineData(2379, "etcd", PlanLevel.Warning)]
    public void Port_of_a_node_program_is_named(int port, string program, PlanLevel level)
    {
        PlanFault fault = Plans.Only(PlanRule.NodeProgram, Plans.Set(basePort: port, replicas: 1));
        Assert.Equal(level, fault.Level);
        Assert.Contains(program, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_of_one_range_are_told_together()
    {
        PlanFault fault = Plans.Only(PlanRule.NodeProgram, Plans.Set(basePort: 10240, replicas: 17));
        Assert.Contains(
            "10248 (the kubelet's health check), 10249 (kube-proxy's metrics), 10250 (the kubelet)", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void NodePort_range_of_the_API_server_itself_counts()
    {
        const string Server = """
            apiVersion: v1
            kind: Pod
            metadata: {name: kube-apiserver-node-1, namespace: kube-system}
            spec: {hostNetwork: true, containers: [{name: a, image: i, command: [kube-apiserver, --service-node-port-range=3900-4001]}]}
            ---

            """;
        PlanOptions quiet = new() { Skip = ["unknown-ports"] };
        Assert.Contains("3900..4001", Plans.Only(PlanRule.NodePorts, Server + Plans.Set(), quiet).What, StringComparison.Ordinal);
        Plans.AssertClean(Server.Replace("3900-4001", "3900+99", StringComparison.Ordinal) + Plans.Set(basePort: 29999), quiet);
        Plans.AssertClean(Server + Plans.Set(), quiet with { NodePorts = null });
    }

    [Fact]
    public void Port_of_the_control_plane_is_an_error_where_its_taint_is_tolerated() => Assert.Equal(
        PlanLevel.Error,
        Plans.Only(PlanRule.NodeProgram, Plans.Set(basePort: 6443, replicas: 1, podSpec: "tolerations: [{operator: Exists}]")).Level);

    [Fact]
    public void Reserved_range_is_kept_free() => Plans.Only(
        PlanRule.NodeProgram, Plans.Set(), new PlanOptions { Reserved = [new PlanRange(4001, 4001)] });

    [Fact]
    public void Set_without_room_to_grow_is_a_warning()
    {
        PlanFault fault = Plans.Only(PlanRule.Headroom, Plans.Set() + Plans.Set("match", 4003));
        Assert.Equal("StatefulSet games/lobby", fault.Subject);
        Assert.Contains("room for 0 more pods", fault.What, StringComparison.Ordinal);
        Plans.AssertClean(Plans.Set() + Plans.Set("match", 4003), new PlanOptions { Headroom = 0 });
        Plans.Only(PlanRule.Headroom, Plans.Set() + Plans.Set("match", 4050), new PlanOptions { Headroom = 48 });
    }

    [Fact]
    public void Faults_of_options_are_in_one_message()
    {
        PlanOptions options = new() { Ports = null!, Reserved = null!, Headroom = -1, Skip = ["headroom", "headrom"] };
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Plans.Of(Plans.Set(), options));
        Assert.All(
            ["Ports is null", "Reserved is null", "Headroom is -1. Give 0 to 65535.", "Skip names 'headrom', and there is no such rule."],
            part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
        Assert.Empty(new PlanOptions().FindFaults());
    }

    [Fact]
    public void Headroom_of_a_range_ends_at_the_next_range()
    {
        PortPlan plan = Plans.Of(Plans.Set() + Plans.Set("match", 4100));
        Assert.Equal([97, 29999 - 4102], plan.Ranges.Select(static range => range.Headroom));
    }

    [Fact]
    public void Suggestion_leaves_out_what_others_use()
    {
        PortPlan plan = Plans.Of(Plans.Set() + Plans.Set("match", 4100));
        Assert.Equal(new PlanRange(4300, 4399), plan.Suggest(100, 4000, 100));
        Assert.Equal(new PlanRange(4003, 4012), plan.Suggest(10, 4000));
        Assert.Equal(new PlanRange(10260, 29999), plan.Suggest(29999 - 10260 + 1, 4000));
        // Above 60999 there are few, so that ports below are looked at.
        Assert.Equal(new PlanRange(11000, 15999), plan.Suggest(5000, 61000, 1000));
        Assert.Null(plan.Suggest(40000, 4000));
    }
}
