namespace Berth.Planning.Checks;

public sealed class SetTests
{
    private const string PodName = "- {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}";
    private const string Probe = "readinessProbe: {exec: {command: [\"/berth\", \"probe\"]}}";

    [Fact]
    public void Declared_port_on_the_host_network_is_reported()
    {
        PlanFault fault = Plans.Only(PlanRule.DeclaredPort, Edit(Probe, "ports: [{name: game, containerPort: 4000}]"));
        Assert.Equal(new PlanLocation("games.yaml", 31), fault.Location);
        Assert.Contains("one pod of the set on a node", fault.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcpSocket: {port: 4000}", PlanLevel.Error)]
    [InlineData("httpGet: {path: /, port: 8080}", PlanLevel.Warning)]
    [InlineData("grpc: {port: 4001}", PlanLevel.Error)]
    public void Probe_on_a_fixed_port_is_reported(string action, PlanLevel level) =>
        Assert.Equal(level, Plans.Only(PlanRule.FixedProbe, Edit(Probe, $"readinessProbe: {{{action}}}")).Level);

    [Theory]
    [InlineData("", "has no POD_NAME")]
    [InlineData("- {name: POD_NAME, value: lobby-0}", "is not taken from metadata.name")]
    [InlineData("- {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}", "is not taken from metadata.name")]
    public void Pod_that_does_not_know_its_name_is_reported(string variable, string what) =>
        Assert.Contains(what, Plans.Only(PlanRule.PodName, Edit(PodName, variable)).What, StringComparison.Ordinal);

    [Fact]
    public void Name_from_HOSTNAME_is_reported()
    {
        PortPlan plan = Plans.Of(Edit(PodName, "- {name: POD_NAME, value: $(HOSTNAME)}"));
        Assert.All(plan.Faults, static fault => Assert.Equal(PlanRule.PodName, fault.Rule));
        Assert.Contains(plan.Faults, static fault => fault.What.Contains("takes its name from HOSTNAME", StringComparison.Ordinal));
    }

    [Fact]
    public void Server_of_ones_own_may_use_any_variable_and_annotations()
    {
        string own = Edit("image: berth:latest", "image: game:1")
            .Replace("command: [\"/berth\", \"echo\"]", "command: [\"/game\"]", StringComparison.Ordinal)
            .Replace("POD_NAME", "ME", StringComparison.Ordinal)
            .Replace("- {name: BERTH_BASE_PORT, value: \"4000\"}", "", StringComparison.Ordinal)
            .Replace("metadata: {labels: {app: lobby}}", "metadata: {labels: {app: lobby}, annotations: {berth/base-port: \"4200\"}}",
                StringComparison.Ordinal);
        Plans.AssertClean(own);
        Assert.Equal(4200, Assert.Single(Plans.Of(own).Ranges).First);
        Plans.Only(
            PlanRule.PodName, own.Replace(PodName.Replace("POD_NAME", "ME", StringComparison.Ordinal), "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dnsPolicy: ClusterFirst")]
    public void Dns_policy_without_host_network_is_reported(string policy) =>
        Plans.Only(PlanRule.DnsPolicy, Edit("dnsPolicy: ClusterFirstWithHostNet", policy));

    [Theory]
    [InlineData("baseline")]
    [InlineData("restricted")]
    public void Namespace_that_refuses_the_host_network_is_reported(string level) => Plans.Only(PlanRule.PodSecurity, $$$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: games, labels: {pod-security.kubernetes.io/enforce: {{{level}}}}}
        ---

        """ + Plans.Set());

    [Fact]
    public void Grace_period_below_the_drain_is_reported()
    {
        Plans.Only(PlanRule.Grace, Edit("terminationGracePeriodSeconds: 40", "terminationGracePeriodSeconds: 30"));
        Plans.Only(PlanRule.Grace, Edit(PodName, PodName + "\n            - {name: BERTH_DRAIN, value: 2m}"));
        Plans.AssertClean(Edit(PodName, PodName + "\n            - {name: BERTH_DRAIN, value: 500ms}"));
        Plans.Only(PlanRule.Grace, Edit(Probe, "lifecycle: {preStop: {sleep: {seconds: 10}}}"));
        Plans.Only(PlanRule.Grace, Edit(Probe, "lifecycle: {preStop: {sleep: {seconds: 40}}}"));
    }

    [Fact]
    public void Name_that_is_too_long_for_its_pods_is_reported() =>
        Plans.Only(PlanRule.NameLength, Plans.Set(new string('a', 53)));

    [Fact]
    public void Set_whose_ports_are_not_stated_is_a_warning()
    {
        string text = Edit("- {name: BERTH_BASE_PORT, value: \"4000\"}", "").Replace(
            "ports: [{name: game, port: 4000}]", "ports: []", StringComparison.Ordinal);
        PlanFault fault = Plans.Only(PlanRule.UnknownPorts, text);
        Assert.Equal(PlanLevel.Warning, fault.Level);
        Assert.Contains("--ports games/lobby=4000", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_come_from_the_Service_when_nothing_else_states_them() => Assert.Equal(
        "Service games/lobby", Assert.Single(Plans.Of(Edit("- {name: BERTH_BASE_PORT, value: \"4000\"}", "")).Ranges).Source);

    [Fact]
    public void Ports_come_from_a_config_map()
    {
        const string Map = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: ports, namespace: games}
            data: {BERTH_BASE_PORT: "4300"}
            ---

            """;
        PortPlan plan = Plans.Of(Map + Edit(
            "- {name: BERTH_BASE_PORT, value: \"4000\"}", "").Replace(
            Probe, "envFrom: [{configMapRef: {name: ports}}]", StringComparison.Ordinal));
        Assert.Equal((4300L, 4302L), plan.Ranges.Select(static range => (range.First, range.Last)).Single());
        PortPlan named = Plans.Of(Map + Edit(
            "{name: BERTH_BASE_PORT, value: \"4000\"}",
            "{name: BERTH_BASE_PORT, valueFrom: {configMapKeyRef: {name: ports, key: BERTH_BASE_PORT}}}"));
        Assert.Equal(4300, Assert.Single(named.Ranges).First);
    }

    [Fact]
    public void Dispatcher_with_other_ports_is_reported()
    {
        const string Dispatcher = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a, namespace: games}
            spec:
              template:
                spec:
                  containers:
                    - {name: a, image: "berth:1", command: [/berth, dispatch], args: [--target, games/lobby, --base-port, "4100"]}
            ---

            """;
        PlanFault fault = Plans.Only(PlanRule.Disagreement, Dispatcher + Plans.Set());
        Assert.Contains("Deployment games/a, --base-port of container a states 4100 + ordinal", fault.What, StringComparison.Ordinal);
        Plans.AssertClean(Dispatcher.Replace("4100", "4000", StringComparison.Ordinal) + Plans.Set());
    }

    [Fact]
    public void Base_port_of_a_deployment_is_reported()
    {
        string text = Plans.Set().Split("---")[1].Replace("StatefulSet", "Deployment", StringComparison.Ordinal)
            .Replace("replicas: 3", "replicas: 1", StringComparison.Ordinal);
        Plans.Only(PlanRule.NoOrdinal, text);
    }

    [Theory]
    [InlineData("value: abc", "is not a number")]
    [InlineData("value: \"70000\"", "is outside 1..65535")]
    public void Port_that_cannot_be_read_is_reported(string value, string words)
    {
        PortPlan plan = Plans.Of(Edit("value: \"4000\"", value));
        PlanFault fault = Assert.Single(plan.Faults, static fault => fault.Rule == PlanRule.PortValue);
        Assert.Contains(words, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_can_be_left_out() =>
        Plans.AssertClean(Edit("dnsPolicy: ClusterFirstWithHostNet", ""), new PlanOptions { Skip = ["dns-policy"] });

    private static string Edit(string old, string @new)
    {
        string text = Plans.Set();
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, @new, StringComparison.Ordinal);
    }
}
