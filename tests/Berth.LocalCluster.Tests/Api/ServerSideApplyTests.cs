using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>Server-side apply: the owners of fields, and conflicts.</summary>
public sealed class ServerSideApplyTests
{
    private const string Maps = "/api/v1/namespaces/k8s-example2/configmaps";
    private const string Sets = "/apis/apps/v1/namespaces/k8s-example2/statefulsets";

    private const string Scalers = "/apis/autoscaling/v2/namespaces/k8s-example2/horizontalpodautoscalers";

    /// <summary>A kind with a status that no controller of the cluster writes.</summary>
    private const string Scaler = """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: b }
        spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: web } }
        """;

    private const string Set = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: web, labels: { tier: a } }
        spec:
          replicas: 1
          serviceName: web
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
              - { name: c, image: x, env: [{ name: A, value: "1" }], ports: [{ containerPort: 80 }] }
        """;

    [Fact]
    public async Task Object_is_made_and_its_fields_have_an_owner()
    {
        await using TestCluster test = await TestCluster.StartAsync();

        (HttpStatusCode status, JsonNode made) = await ApplyAsync(test, $"{Sets}/web", Set, "helm");

        Assert.Equal(HttpStatusCode.Created, status);
        JsonNode owner = Assert.Single(made["metadata"]!["managedFields"]!.AsArray())!;
        Assert.Equal(("helm", "Apply", "apps/v1"), ((string?)owner["manager"], (string?)owner["operation"], (string?)owner["apiVersion"]));
        JsonNode template = owner["fieldsV1"]!["f:spec"]!["f:template"]!["f:spec"]!["f:containers"]!;
        JsonNode expected = JsonNode.Parse("""
            {"k:{\"name\":\"c\"}":{
              ".":{},
              "f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}},
              "f:image":{},
              "f:name":{},
              "f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}
            }}
            """)!;
        Assert.True(JsonNode.DeepEquals(expected, template), template.ToJsonString());
        Assert.Null(owner["fieldsV1"]!["f:spec"]!["f:updateStrategy"]);
    }

    [Fact]
    public async Task Fields_that_are_no_longer_applied_go_and_others_stay()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string First = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"1","b":"2"}}""";
        const string Second = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"c":"3"}}""";
        await ApplyAsync(test, $"{Maps}/m", First, "one");
        await ApplyAsync(test, $"{Maps}/m", Second, "two");

        (HttpStatusCode status, JsonNode map) = await ApplyAsync(
            test, $"{Maps}/m", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"9"}}""", "one");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"a":"9","c":"3"}""", map["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Field_of_another_owner_is_a_conflict_unless_it_is_taken_by_force()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Sets}/web", Set, "helm");
        string three = Set.Replace("replicas: 1", "replicas: 3", StringComparison.Ordinal);

        (HttpStatusCode refused, JsonNode conflict) = await ApplyAsync(test, $"{Sets}/web", three, "flux");
        (HttpStatusCode forced, JsonNode set) = await ApplyAsync(test, $"{Sets}/web", three, "flux", "&force=true");
        (HttpStatusCode back, JsonNode again) = await ApplyAsync(test, $"{Sets}/web", Set, "helm");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.Conflict), (refused, forced, back));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"helm\": .spec.replicas", (string?)conflict["message"]);
        JsonNode cause = Assert.Single(conflict["details"]!["causes"]!.AsArray())!;
        Assert.Equal(
            ("FieldManagerConflict", "conflict with \"helm\"", ".spec.replicas"),
            ((string?)cause["reason"], (string?)cause["message"], (string?)cause["field"]));
        Assert.Equal(3, (int)set["spec"]!["replicas"]!);
        Assert.Contains("conflict with \"flux\"", (string?)again["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Same_value_of_two_owners_is_no_conflict_and_stays_until_both_leave_it()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string Both = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"1"}}""";
        const string None = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}""";
        await ApplyAsync(test, $"{Maps}/m", Both, "one");
        await ApplyAsync(test, $"{Maps}/m", Both, "two");

        (_, JsonNode left) = await ApplyAsync(test, $"{Maps}/m", None, "one");
        (_, JsonNode gone) = await ApplyAsync(test, $"{Maps}/m", None, "two");

        Assert.Equal("1", (string?)left["data"]!["a"]);
        Assert.Null(gone["data"]);
    }

    [Fact]
    public async Task Patch_takes_the_field_that_it_changes()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Sets}/web", Set, "helm");

        await test.MergeAsync($"{Sets}/web?fieldManager=scaler", """{"spec":{"replicas":5}}""");
        (HttpStatusCode status, JsonNode conflict) = await ApplyAsync(test, $"{Sets}/web", Set, "helm");
        (HttpStatusCode without, JsonNode set) = await ApplyAsync(
            test, $"{Sets}/web", Set.Replace("  replicas: 1\n", "", StringComparison.Ordinal), "helm");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"scaler\" using apps/v1: .spec.replicas", (string?)conflict["message"]);
        Assert.Equal((HttpStatusCode.OK, 5), (without, (int)set["spec"]!["replicas"]!));
    }

    [Fact]
    public async Task Object_that_was_posted_has_its_maker_as_owner()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode made) = await test.SendAsync(
            HttpMethod.Post, $"{Maps}?fieldManager=first", """{"metadata":{"name":"m","labels":{"l":"1"}},"data":{"a":"1"}}""");

        (HttpStatusCode status, JsonNode conflict) = await ApplyAsync(
            test, $"{Maps}/m", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"2"}}""", "new");

        Assert.Equal(["first Update"], Owners(made));
        Assert.Equal(
            """{"f:data":{".":{},"f:a":{}},"f:metadata":{"f:labels":{".":{},"f:l":{}}}}""",
            made["metadata"]!["managedFields"]![0]!["fieldsV1"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"first\" using v1: .data.a", (string?)conflict["message"]);
        Assert.Null(conflict["details"]!["name"]);
    }

    // As kube-apiserver 1.36.2 does after `kubectl apply`: fieldRef is one value, and what was made has its default apiVersion.
    [Theory]
    [InlineData("{ fieldPath: metadata.name }", HttpStatusCode.Conflict)]
    [InlineData("{ apiVersion: v1, fieldPath: metadata.name }", HttpStatusCode.OK)]
    public async Task Unstated_default_in_an_atomic_structure_is_a_conflict(
        string field, HttpStatusCode expected)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string set = Set.Replace("value: \"1\"", $"valueFrom: {{ fieldRef: {field} }}", StringComparison.Ordinal);
        (HttpStatusCode made, _) = await test.SendAsync(
            HttpMethod.Post, $"{Sets}?fieldManager=kubectl-client-side-apply", set, "application/yaml");
        Assert.Equal(HttpStatusCode.Created, made);

        (HttpStatusCode status, JsonNode answer) = await ApplyAsync(test, $"{Sets}/web", set, "helm");

        Assert.Equal(expected, status);
        if (expected == HttpStatusCode.Conflict)
        {
            Assert.Equal(
                "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: "
                    + """.spec.template.spec.containers[name="c"].env[name="A"].valueFrom.fieldRef""",
                (string?)answer["message"]);
        }
    }

    [Fact]
    public async Task Object_of_a_controller_has_an_owner_for_all_that_it_was()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await test.WaitForAsync($"{Maps}/kube-root-ca.crt", static map => map["data"] is not null);

        (HttpStatusCode status, JsonNode conflict) = await ApplyAsync(
            test,
            $"{Maps}/kube-root-ca.crt",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt"},"data":{"ca.crt":"2"}}""",
            "new");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.ca.crt", (string?)conflict["message"]);
    }

    [Fact]
    public async Task Owners_can_be_stated_again()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await test.SendAsync(
            HttpMethod.Post, $"{Maps}?fieldManager=kubectl-client-side-apply", """{"metadata":{"name":"m"},"data":{"a":"1","b":"2"}}""");

        // As kubectl apply --server-side does it after a client-side apply.
        await test.MergeAsync($"{Maps}/m?fieldManager=kubectl", """
            {"metadata":{"managedFields":[{"manager":"kubectl","operation":"Apply","apiVersion":"v1","time":"2026-11-28T21:00:00Z",
              "fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{},"f:b":{}}}}]}}
            """);
        (HttpStatusCode status, JsonNode map) = await ApplyAsync(
            test, $"{Maps}/m", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"3"}}""", "kubectl");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"a":"3"}""", map["data"]!.ToJsonString());
        Assert.Equal(["kubectl Apply"], Owners(map));
    }

    [Fact]
    public async Task Owners_can_be_given_up()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Sets}/web", Set, "helm");

        (_, JsonNode freed) = await test.MergeAsync($"{Sets}/web", """{"metadata":{"managedFields":[{}]}}""");

        Assert.Null(freed["metadata"]!["managedFields"]);
    }

    [Fact]
    public async Task Scale_has_a_subresource_as_owner()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Sets}/web", Set, "helm");
        await test.MergeAsync($"{Sets}/web/scale?fieldManager=scaler", """{"spec":{"replicas":2}}""");

        (_, JsonNode set) = await test.GetAsync($"{Sets}/web");

        Assert.Contains("scaler Update scale", Owners(set));
    }

    [Fact]
    public async Task Items_of_lists_are_merged_by_their_keys()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Sets}/web", Set, "helm");
        const string Sidecar = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: web }
            spec: { template: { spec: { containers: [{ name: c, env: [{ name: B, value: "2" }] }, { name: side, image: z }] } } }
            """;

        (HttpStatusCode status, JsonNode both) = await ApplyAsync(test, $"{Sets}/web", Sidecar, "injector");
        (_, JsonNode one) = await ApplyAsync(test, $"{Sets}/web", Sidecar.Replace(
            ", { name: side, image: z }", "", StringComparison.Ordinal), "injector");

        Assert.True(status == HttpStatusCode.OK, both.ToJsonString());
        JsonArray containers = both["spec"]!["template"]!["spec"]!["containers"]!.AsArray();
        Assert.Equal(["c", "side"], containers.Select(static container => (string?)container!["name"]));
        Assert.Equal(["A", "B"], containers[0]!["env"]!.AsArray().Select(static variable => (string?)variable!["name"]));
        Assert.Single(one["spec"]!["template"]!["spec"]!["containers"]!.AsArray());
    }

    [Fact]
    public async Task Status_has_owners_of_its_own()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Scalers}/b", Scaler, "helm");

        (HttpStatusCode status, JsonNode applied) = await ApplyAsync(test, $"{Scalers}/b/status", ScalerStatus(3), "counter");
        (_, JsonNode patched) = await test.MergeAsync(
            $"{Scalers}/b/status?fieldManager=operator", """{"status":{"desiredReplicas":1}}""");
        (HttpStatusCode refused, JsonNode conflict) = await ApplyAsync(test, $"{Scalers}/b/status", ScalerStatus(4), "other");
        (HttpStatusCode same, _) = await ApplyAsync(test, $"{Scalers}/b", Scaler, "helm");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.OK), (status, refused, same));
        Assert.Equal(["helm Apply", "counter Apply status"], Owners(applied));
        Assert.Equal(["helm Apply", "counter Apply status", "operator Update status"], Owners(patched));
        JsonNode counter = patched["metadata"]!["managedFields"]![1]!;
        Assert.Equal("""{"f:status":{"f:currentReplicas":{}}}""", counter["fieldsV1"]!.ToJsonString());
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"counter\" with subresource \"status\": .status.currentReplicas",
            (string?)conflict["message"]);
    }

    [Fact]
    public async Task Status_that_is_no_longer_applied_goes_and_the_object_stays()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Scalers}/b", Scaler, "helm");
        await ApplyAsync(test, $"{Scalers}/b/status", ScalerStatus(3), "counter");

        const string Nothing =
            """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"b"},"spec":{"maxReplicas":9}}""";
        (_, JsonNode left) = await ApplyAsync(test, $"{Scalers}/b/status", Nothing, "counter");

        Assert.Null(left["status"]?["currentReplicas"]);
        Assert.Equal(2, (int)left["spec"]!["maxReplicas"]!);
    }

    [Fact]
    public async Task Conflicts_with_several_owners_are_named_in_order()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await ApplyAsync(test, $"{Maps}/m", Map("""{"z":"1"}"""), "two");
        await ApplyAsync(test, $"{Maps}/m", Map("""{"a":"1","b":"1"}"""), "one");

        (_, JsonNode conflict) = await ApplyAsync(test, $"{Maps}/m", Map("""{"a":"2","b":"2","z":"2"}"""), "three");

        Assert.Equal(
            "Apply failed with 3 conflicts: conflicts with \"one\":\n- .data.a\n- .data.b\nconflicts with \"two\":\n- .data.z",
            (string?)conflict["message"]);
    }

    [Fact]
    public async Task Manager_must_be_named()
    {
        await using TestCluster test = await TestCluster.StartAsync();

        (HttpStatusCode status, JsonNode refusal) = await test.SendAsync(
            HttpMethod.Patch,
            $"{Maps}/m",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}""",
            "application/apply-patch+yaml");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("fieldManager: Required value: is required for apply patch", (string?)refusal["message"], StringComparison.Ordinal);
    }

    private static string Map(string data) =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{{data}}}""";

    private static string ScalerStatus(int pods) =>
        $$$"""
        {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"b"},"status":{"currentReplicas":{{{pods}}}}}
        """;

    /// <summary>Each owner of an object: the manager, what it did, and the subresource.</summary>
    private static IEnumerable<string> Owners(JsonNode item) => item["metadata"]!["managedFields"]!.AsArray()
        .Select(static owner => $"{owner!["manager"]} {owner["operation"]} {owner["subresource"]}".TrimEnd());

    private static Task<(HttpStatusCode Status, JsonNode Body)> ApplyAsync(
        TestCluster test, string path, string body, string manager, string more = "") =>
        test.SendAsync(HttpMethod.Patch, $"{path}?fieldManager={manager}{more}", body, "application/apply-patch+yaml");
}
