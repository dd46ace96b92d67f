using System.Text.Json.Nodes;
using Berth.Manifests;

namespace Berth.Planning.Policies;

/// <summary>The policies do what their documents say, on the level of their CEL expressions.</summary>
public sealed class PolicyTests
{
    private const string Set = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: lobby, namespace: games}
        spec:
          serviceName: lobby
          replicas: 3
          template:
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirst
              containers:
                - {name: game, image: game, env: [{name: BERTH_BASE_PORT, value: "4000"}]}
                - {name: side, image: side}
        """;

    [Fact]
    public void Declared_ports_on_the_host_network_are_refused()
    {
        Policy policy = Policy.Find("berth-declared-ports");
        Assert.Empty(policy.Refusals(Edit()));
        Assert.Empty(policy.Refusals(Edit("image: side", "image: side, ports: []")));
        Assert.Empty(policy.Refusals(Edit("image: side", "image: side, ports: [{containerPort: 80}]", "hostNetwork: true", "tty: true")));
        Assert.StartsWith(
            "A container declares ports on the host network",
            Assert.Single(policy.Refusals(Edit("image: side", "image: side, ports: [{containerPort: 80}]"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serviceName: lobby", "serviceName: \"\"")]
    [InlineData("serviceName: lobby", "paused: true")]
    public void Set_without_a_serviceName_is_refused(string old, string @new)
    {
        Policy policy = Policy.Find("berth-service-name");
        Assert.Empty(policy.Refusals(Edit()));
        Assert.StartsWith("serviceName is not set.", Assert.Single(policy.Refusals(Edit(old, @new))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("value: \"4000\"", "value: \"65533\"", null)]
    [InlineData("value: \"4000\"", "value: \"65534\"", "the port of ordinal 2 would be above 65535")]
    [InlineData("value: \"4000\"", "value: \"game=4000,admin=65534/TCP\"", "the port of ordinal 2")]
    [InlineData("value: \"4000\"", "value: game", "BERTH_BASE_PORT of a container is no port")]
    [InlineData("name: BERTH_BASE_PORT, value: \"4000\"", "name: BERTH_BASE_PORT, valueFrom: {}", null)]
    [InlineData("replicas: 3", "replicas: 61536", null)]
    [InlineData("replicas: 3", "replicas: 61537", "ordinal 61536")]
    [InlineData("replicas: 3", "ordinals: {start: 61535}", null)]
    [InlineData("replicas: 3", "ordinals: {start: 61536}", "ordinal 61536")]
    [InlineData("replicas: 3", "replicas: 0", null)]
    [InlineData("namespace: games", "annotations: {berth/base-port: \"65533\"}", null)]
    [InlineData("namespace: games", "annotations: {berth/base-port: \"65534\"}", "The port of ordinal 2 would be above 65535")]
    [InlineData("namespace: games", "annotations: {berth/base-port: \"65533\", berth/stride: \"2\"}", "The port of ordinal 2")]
    [InlineData("namespace: games", "annotations: {berth/base-port: \"a=1, b=65534/UDP\"}", "The port of ordinal 2")]
    [InlineData("namespace: games", "annotations: {berth/base-port: many}", "is not of the form 4000")]
    public void Range_that_leaves_65535_is_refused(string old, string @new, string? words)
    {
        IReadOnlyList<string> refusals = Policy.Find("berth-port-range").Refusals(Edit(old, @new));
        if (words is null)
            Assert.Empty(refusals);
        else
            Assert.Contains(words, Assert.Single(refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 7, null)]
    [InlineData(3, 3, null)]
    [InlineData(4, 3, "{lobby: \"3\"}")]
    [InlineData(2, 2, "{lobby: \"3\"}")]
    [InlineData(3, 2, "{other: \"9\"}")]
    public void Scale_is_allowed(int before, int after, string? data) => Assert.Empty(Scale(before, after, data, isAllowed: true));

    [Theory]
    [InlineData(5, 2)]
    [InlineData(5, 0)]
    public void Scale_below_what_seats_allow_is_refused(int before, int after) => Assert.Contains(
        $"lobby is not scaled to {after} replicas: clients have seats up to pod number 3.",
        Assert.Single(Scale(before, after, "{lobby: \"3\"}", isAllowed: false)), StringComparison.Ordinal);

    [Fact]
    public void Defaults_are_added_and_nothing_is_replaced()
    {
        JsonNode result = Policy.Find("berth-defaults").Apply(Edit());
        Assert.Equal("ClusterFirstWithHostNet", result.Text("spec", "template", "spec", "dnsPolicy"));
        foreach (JsonObject container in result.Items("spec", "template", "spec", "containers"))
        {
            Assert.Equal("metadata.name", Variable(container, "POD_NAME").Text("valueFrom", "fieldRef", "fieldPath"));
            Assert.Equal("metadata.namespace", Variable(container, "POD_NAMESPACE").Text("valueFrom", "fieldRef", "fieldPath"));
        }

        // They come first, so that other variables can refer to them.
        JsonObject game = result.Items("spec", "template", "spec", "containers").First();
        Assert.Equal("POD_NAME POD_NAMESPACE BERTH_BASE_PORT", string.Join(' ', game.Items("env").Select(static e => e.Text("name"))));
        Assert.Equal("4000", Variable(result.Items("spec", "template", "spec", "containers").First(), "BERTH_BASE_PORT").Text("value"));
        JsonNode own = Edit("name: BERTH_BASE_PORT, value: \"4000\"", "name: POD_NAME, value: x", "ClusterFirst", "Default");
        result = Policy.Find("berth-defaults").Apply(own);
        Assert.Equal("Default", result.Text("spec", "template", "spec", "dnsPolicy"));
        JsonNode name = Variable(result.Items("spec", "template", "spec", "containers").First(), "POD_NAME");
        Assert.Equal(("x", null), (name.Text("value"), name["valueFrom"]));
        Assert.True(JsonNode.DeepEquals(result, Policy.Find("berth-defaults").Apply(result)));
        JsonNode elsewhere = Edit("hostNetwork: true", "tty: true");
        Assert.True(JsonNode.DeepEquals(elsewhere, Policy.Find("berth-defaults").Apply(elsewhere)));
    }

    [Fact]
    public void Probe_is_added_to_the_first_container_that_has_none()
    {
        JsonNode result = Policy.Find("berth-probe").Apply(Edit());
        JsonObject[] containers = [.. result.Items("spec", "template", "spec", "containers")];
        Assert.Equal(["/berth", "probe"], containers[0].Texts("readinessProbe", "exec", "command"));
        Assert.Null(containers[1]["readinessProbe"]);
        JsonNode own = Edit("image: game,", "image: game, readinessProbe: {tcpSocket: {port: 1}},");
        Assert.True(JsonNode.DeepEquals(own, Policy.Find("berth-probe").Apply(own)));
    }

    private static JsonObject Variable(JsonObject container, string name) =>
        Assert.Single(container.Items("env"), entry => entry.Text("name") == name);

    private static IReadOnlyList<string> Scale(int before, int after, string? data, bool isAllowed)
    {
        JsonNode parameters = PolicyFiles.Object(
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: berth-at-least}}\n{(data is null ? "" : $"data: {data}")}");
        IReadOnlyList<string> refusals = Policy.Find("berth-seats").Refusals(
            Edit("replicas: 3", $"replicas: {after}"), Edit("replicas: 3", $"replicas: {before}"), parameters);
        Assert.Equal(isAllowed, refusals.Count == 0);
        return refusals;
    }

    private static JsonNode Edit(params string[] replacements)
    {
        string text = Set;
        for (int i = 0; i < replacements.Length; i += 2)
        {
            Assert.Contains(replacements[i], text, StringComparison.Ordinal);
            text = text.Replace(replacements[i], replacements[i + 1], StringComparison.Ordinal);
        }

        return PolicyFiles.Object(text);
    }
}
