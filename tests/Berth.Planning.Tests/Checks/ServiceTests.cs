namespace Berth.Planning.Checks;

public sealed class ServiceTests
{
    [Fact]
    public void Set_without_a_service_name_is_reported() => Plans.Only(
        PlanRule.ServiceMissing, Plans.Set().Replace("  serviceName: lobby\n", "", StringComparison.Ordinal));

    [Fact]
    public void Service_that_is_not_given_is_a_note() => Assert.Equal(
        PlanLevel.Note, Plans.Only(PlanRule.ServiceMissing, Plans.Set().Split("---")[1]).Level);

    [Fact]
    public void Service_with_a_cluster_IP_is_reported() => Plans.Only(
        PlanRule.ServiceNotHeadless, Plans.Set().Replace("clusterIP: None", "type: ClusterIP", StringComparison.Ordinal));

    [Fact]
    public void Service_that_selects_other_labels_is_reported() => Plans.Only(
        PlanRule.ServiceOfOthers, Plans.Set().Replace("selector: {app: lobby}", "selector: {app: lobbi}", StringComparison.Ordinal));

    [Fact]
    public void Service_without_a_selector_is_reported() => Plans.Only(
        PlanRule.ServiceOfOthers, Plans.Set().Replace("selector: {app: lobby}", "x: 1", StringComparison.Ordinal));

    [Fact]
    public void Service_that_publishes_what_is_not_ready_is_reported()
    {
        PlanFault fault = Plans.Only(
            PlanRule.NotReady,
            Plans.Set().Replace("clusterIP: None", "clusterIP: None\n  publishNotReadyAddresses: true", StringComparison.Ordinal));
        Assert.Equal(6, fault.Location.Line);
    }

    [Fact]
    public void Service_of_two_workloads_names_both()
    {
        const string Database = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: postgresql, namespace: games}
            spec:
              serviceName: postgresql
              template:
                metadata: {labels: {app: lobby}}
                spec: {containers: [{name: p, image: p}]}
            """;
        PlanFault fault = Plans.Only(PlanRule.ServiceShared, Plans.Set() + Database);
        Assert.Contains("StatefulSet games/lobby and StatefulSet games/postgresql", fault.What, StringComparison.Ordinal);
        Assert.Equal("Service games/lobby", fault.Subject);
    }

    [Fact]
    public void Target_of_a_dispatcher_that_selects_two_sets_is_reported()
    {
        const string Dispatcher = """
            apiVersion: v1
            kind: Service
            metadata: {name: all, namespace: games}
            spec: {clusterIP: None, selector: {tier: game}, ports: [{name: game, port: 4000}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a, namespace: games}
            spec: {template: {spec: {containers: [{name: a, image: "berth:1", command: [/berth, dispatch, --target=games/all]}]}}}
            ---

            """;
        string sets = (Plans.Set() + Plans.Set("match", 4100)).Replace("labels: {", "labels: {tier: game, ", StringComparison.Ordinal);
        Assert.Equal("Service games/all", Plans.Only(PlanRule.ServiceShared, Dispatcher + sets).Subject);
    }

    [Fact]
    public void Named_target_port_that_no_pod_declares_is_reported() => Plans.Only(
        PlanRule.NamedTargetPort, Plans.Set().Replace("port: 4000}]", "port: 4000, targetPort: game}]", StringComparison.Ordinal));
}
