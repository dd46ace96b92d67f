namespace Berth.Planning.Reading;

public sealed class InputTests
{
    private const string Terms =
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ";

    [Fact]
    public void Broken_document_is_reported_with_its_line_and_the_rest_is_checked()
    {
        PortPlan plan = Plans.Of(Plans.Set() + "a: [1\n---\n" + Plans.Set("match", 4000));
        string unread = Assert.Single(plan.Unread);
        Assert.StartsWith("games.yaml is not valid YAML at line 3", unread, StringComparison.Ordinal);
        Assert.Equal(PlanRule.Overlap, Assert.Single(plan.Faults).Rule);
        Assert.Equal(64, plan.Faults[0].Location.Line);
    }

    [Fact]
    public void Template_that_was_not_rendered_is_reported()
    {
        PortPlan plan = Plans.Of("metadata:\n  name: {{ .Values.name }}\n---\n" + Plans.Set());
        Assert.Contains("games.yaml, line 2: {{ .Values.name }} is a template that was not rendered", Assert.Single(plan.Unread),
            StringComparison.Ordinal);
        Assert.Equal(2, plan.Objects);
    }

    [Fact]
    public void Unknown_kind_is_reported_unless_it_is_passed_over()
    {
        const string Custom = "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: f, namespace: games}\n";
        Assert.StartsWith("games.yaml:1: the kind Fleet of example.com/v1 is not known", Assert.Single(Plans.Of(Custom).Unread),
            StringComparison.Ordinal);
        Plans.AssertClean(Custom, new PlanOptions { SkipUnknown = true });
        Assert.Contains(
            "StatefullSet", Assert.Single(Plans.Of("apiVersion: apps/v1\nkind: StatefullSet").Unread), StringComparison.Ordinal);
    }

    [Fact]
    public void Object_that_is_there_twice_is_reported_and_the_later_counts()
    {
        PlanFault fault = Plans.Only(PlanRule.Repeated, Plans.Set() + Plans.Set(replicas: 5).Split("---\n")[1]);
        Assert.Equal((new PlanLocation("games.yaml", 35), 9), (fault.Location, fault.Related!.Value.Line));
        Assert.Equal(5, Assert.Single(Plans.Of(Plans.Set() + Plans.Set(replicas: 5)).Ranges).Pods);
        Plans.AssertClean(Plans.Set() + Plans.Set());
    }

    [Theory]
    [InlineData("replicas: 3", "replicas: \"3\"", "spec.replicas is \"3\", which is not a whole number, 0 or more.")]
    [InlineData("replicas: 3", "replicas: -1", "spec.replicas is -1")]
    [InlineData("replicas: 3", "ordinals: {start: 4294967296}", "spec.ordinals.start is 4294967296")]
    [InlineData("hostNetwork: true", "hostNetwork: \"true\"", "hostNetwork is \"true\", which is not true or false, without quotes.")]
    [InlineData("Seconds: 40", "Seconds: 40s", "terminationGracePeriodSeconds is \"40s\"")]
    [InlineData("image: berth:latest", "ports: [{containerPort: 70000}]", "containerPort is 70000, which is not a port in 1..65535.")]
    [InlineData(
        "image: berth:latest", "ports: [{containerPort: 4000, hostPort: 4001}]",
        "hostPort is 4001, which is not its containerPort, as it must be on the host network.")]
    [InlineData(
        "image: berth:latest", "lifecycle: {preStop: {sleep: {seconds: 41}}}",
        "lifecycle.preStop.sleep.seconds is 41, which is not within the grace period of 40 s.")]
    [InlineData("image: berth:latest", "lifecycle: {postStart: {sleep: {seconds: -1}}}", "lifecycle.postStart.sleep.seconds is -1")]
    [InlineData("value: \"4000\"", "value: 4000", "Variable BERTH_BASE_PORT is 4000, which is not a text: write it in quotes.")]
    [InlineData("metadata: {labels: {app: lobby}}", "metadata: {labels: {app: lobby, team: 7}}", "label team is 7, which is not a text")]
    [InlineData(
        "metadata: {labels: {app: lobby}}", "metadata: {labels: {app: lobby}, annotations: {berth/base-port: 4000}}",
        "annotation berth/base-port is 4000, which is not a text: write it in quotes.")]
    [InlineData("matchLabels: {app: lobby}", "matchLabels: {app: match}", "which is not met by the labels of the template.")]
    [InlineData("serviceName: lobby", "serviceName: Lobby", "which is not a name of a Service: it contains 'L'")]
    [InlineData("\nmetadata: {name: lobby", "\nmetadata: {name: lob.by", "which is not a name of a StatefulSet: it contains '.'")]
    [InlineData("containers:", Terms + "[]}}}\n      containers:", "which is not a list with one of nodeSelectorTerms or more.")]
    [InlineData(
        "containers:", Terms + "[{matchExpressions: [{key: pool, operator: Within, values: [a]}]}]}}}\n      containers:",
        "operator is \"Within\", which is not one of In, NotIn,")]
    [InlineData(
        "containers:", Terms + "[{matchExpressions: [{key: cores, operator: Gt, values: [eight]}]}]}}}\n      containers:",
        "The node affinity compares cores with eight, which is not a whole number.")]
    public void Value_that_the_API_server_refuses_is_reported(string old, string @new, string words)
    {
        PortPlan plan = Plans.Of(Plans.Set().Replace(old, @new, StringComparison.Ordinal));
        PlanFault fault = Assert.Single(plan.Faults, static fault => fault.Rule == PlanRule.FieldValue);
        Assert.Contains(words, fault.What, StringComparison.Ordinal);
        Assert.True(fault.Location.Line > 8);
    }

    [Theory]
    [InlineData("port: 4000", "port: 0")]
    [InlineData("port: 4000", "port: 4000, targetPort: 70000")]
    public void Port_of_a_Service_that_the_API_server_refuses_is_reported(string old, string @new) => Assert.Contains(
        "which is not a port in 1..65535.",
        Plans.Only(PlanRule.FieldValue, Plans.Set().Replace(old, @new, StringComparison.Ordinal)).What, StringComparison.Ordinal);

    /// <summary>Kubernetes 1.36.2 takes it, with a warning: "negative values are invalid and will be treated as 1".</summary>
    [Fact]
    public void Negative_grace_period_counts_as_one_second() => Assert.Equal(
        "The grace period is -1 s, which Kubernetes treats as 1 s.",
        Plans.Only(PlanRule.Grace, Plans.Set().Replace("Seconds: 40", "Seconds: -1", StringComparison.Ordinal)).What);

    [Theory]
    [InlineData("minReplicas: 5, maxReplicas: 3", "spec.maxReplicas is 3, which is not minReplicas or more.")]
    [InlineData("maxReplicas: 0", "spec.maxReplicas is 0, which is not a whole number, 1 or more.")]
    public void Maximum_that_the_API_server_refuses_is_reported(string bounds, string what) => Assert.Equal(
        what, Plans.Only(PlanRule.FieldValue, $$"""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: lobby, namespace: games}
        spec: {scaleTargetRef: {kind: StatefulSet, name: lobby}, {{bounds}}}
        ---

        """ + Plans.Set()).What);

    [Fact]
    public void Set_without_a_template_is_reported() => Plans.Only(
        PlanRule.FieldValue, "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: x, namespace: games}\nspec:\ntemplate: {}\n");

    [Fact]
    public void Maximum_that_is_no_number_is_reported() => Plans.Only(PlanRule.FieldValue, """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: lobby, namespace: games}
        spec: {scaleTargetRef: {kind: StatefulSet, name: lobby}, maxReplicas: many}
        ---

        """ + Plans.Set());

    [Theory]
    [InlineData("monitoring.coreos.com/v1", "ServiceMonitor", true)]
    [InlineData("cert-manager.io/v1", "Certificate", true)]
    [InlineData("external-secrets.io/v1", "ExternalSecret", true)]
    [InlineData("monitoring.coreos.com/v1", "Prometheus", false)]
    public void Kinds_that_charts_have_and_that_make_no_pods_are_known(string version, string kind, bool isKnown) => Assert.Equal(
        isKnown, Plans.Of($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, namespace: games}}\n").Unread.Count == 0);

    [Theory]
    [InlineData(4, "games.yaml: 1 more document cannot be read.")]
    [InlineData(6, "games.yaml: 3 more documents cannot be read.")]
    public void Documents_that_cannot_be_read_are_counted(int documents, string last)
    {
        PortPlan plan = Plans.Of(Plans.Set() + string.Concat(Enumerable.Repeat("just text\n---\n", documents)));
        Assert.Equal(4, plan.Unread.Count);
        Assert.Equal(last, plan.Unread[^1]);
        Assert.Single(plan.Ranges);
    }

    [Fact]
    public void Document_without_a_kind_is_reported() => Assert.Contains(
        "games.yaml:1: a document has no kind", Assert.Single(Plans.Of("apiVersion: v1\nmetadata: {name: x}").Unread),
        StringComparison.Ordinal);

    [Fact]
    public void List_of_JSON_is_opened_and_has_lines()
    {
        PortPlan plan = Plans.Of("""
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x-3", "namespace": "games"},
               "spec": {"hostNetwork": true,
                        "containers": [{"name": "c", "image": "i", "env": [{"name": "BERTH_BASE_PORT", "value": "4000"}]}]}}
            ]}
            """);
        Assert.Equal(4003, Assert.Single(plan.Ranges).First);
        Assert.Equal(new PlanLocation("games.yaml", 3), Assert.Single(plan.Faults).Location);
    }

    [Fact]
    public void Lines_count_in_texts_with_carriage_returns()
    {
        PlanFault fault = Assert.Single(Plans.Of(
            (Plans.Set() + Plans.Set("match", 4002)).ReplaceLineEndings("\r\n")).Faults);
        Assert.Equal(62, fault.Location.Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("---\n---\n")]
    [InlineData("# nothing\n")]
    public void Empty_text_has_no_objects(string text) => Assert.Equal(0, Plans.Of(text).Objects);
}
