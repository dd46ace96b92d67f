using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>Refusals, in the words of a Kubernetes 1.36.2 API server for the same requests.</summary>
public sealed class ValidationTests
{
    private const string Sets = "/apis/apps/v1/namespaces/k8s-example2/statefulsets";
    private const string FixedSpec =
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
        + "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

    [Theory]
    [InlineData("""{"spec":{"serviceName":"other"}}""", FixedSpec)]
    [InlineData("""{"spec":{"podManagementPolicy":"Parallel"}}""", FixedSpec)]
    [InlineData(
        """{"spec":{"podManagementPolicy":"Foo"}}""",
        "[spec.podManagementPolicy: Invalid value: \"Foo\": must be 'OrderedReady' or 'Parallel', " + FixedSpec + "]")]
    [InlineData("""{"spec":{"selector":{"matchLabels":{"app":"z"}}}}""",
        "[spec.template.metadata.labels: Invalid value: {\"app\":\"service-b\"}: `selector` does not match template `labels`, "
        + FixedSpec
        + "]")]
    [InlineData("""{"metadata":{"labels":{"a/":"x"}}}""",
        "[metadata.labels: Invalid value: \"a/\": name part must be non-empty, "
        + "metadata.labels: Invalid value: \"a/\": name part must consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
        + "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')]")]
    public async Task Change_of_an_immutable_field_is_refused_and_changes_nothing(string patch, string fault)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(0));
        (HttpStatusCode status, JsonNode body) = await test.PatchAsync(Sets + "/service-b", patch);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal($"StatefulSet.apps \"service-b\" is invalid: {fault}", (string?)body["message"]);
        Assert.DoesNotContain(
            "serviceName\":\"other", (await test.GetAsync(Sets + "/service-b")).Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_with_an_invalid_quantity_is_quoted_as_in_Go()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(0));
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Patch,
            Sets + "/service-b",
            """
            {"metadata":{"annotations":{"a":"\"x\"\n\\"}},
             "spec":{"template":{"spec":{"containers":[{"name":"service-b","resources":{"limits":{"cpu":"abc"}}}]}}}}
            """,
            "application/strategic-merge-patch+json");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            """ "" is invalid: patch: Invalid value: "map[metadata:map[annotations:map[a:\"x\"\n\\]] spec:map[template:map["""
            + """spec:map[containers:[map[name:service-b resources:map[limits:map[cpu:abc]]]]]]]]": """
            + "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            (string?)body["message"]);
    }

    [Fact]
    public async Task All_faults_of_a_pod_are_in_one_message()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string pod = """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"b1"},"spec":{"restartPolicy":"Maybe","containers":[
              {"name":"c","image":"x","imagePullPolicy":"Sometimes","ports":[{"containerPort":0},{"containerPort":99999}]},
              {"name":"C_","image":"y","readinessProbe":{"periodSeconds":-2}}]}}
            """;
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Post, "/api/v1/namespaces/k8s-example2/pods", pod);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            [
                "spec.containers[0].ports[0].containerPort FieldValueRequired",
                "spec.containers[0].ports[1].containerPort FieldValueInvalid",
                "spec.containers[0].imagePullPolicy FieldValueNotSupported",
                "spec.containers[1].name FieldValueInvalid",
                "spec.containers[1].readinessProbe FieldValueRequired",
                "spec.containers[1].readinessProbe.periodSeconds FieldValueInvalid",
                "spec.restartPolicy FieldValueNotSupported",
            ],
            body["details"]!["causes"]!.AsArray().Select(cause => $"{cause!["field"]} {cause["reason"]}"));
        Assert.Contains(
            "spec.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"OnFailure\", \"Never\"",
            (string?)body["message"],
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b", "must not contain dots")]
    [InlineData(
        "Bad_Name",
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
        + "and must start and end with an alphanumeric character "
        + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    public async Task A_name_is_refused_with_its_rule(string name, string rule)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal($"Namespace \"{name}\" is invalid: metadata.name: Invalid value: \"{name}\": {rule}", (string?)body["message"]);
    }

    [Fact]
    public async Task Another_name_than_that_of_the_URL_is_refused()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.Service);
        const string path = "/api/v1/namespaces/k8s-example2/services/";
        (HttpStatusCode renamed, JsonNode body) = await test.MergeAsync(path + "service-b", """{"metadata":{"name":"other"}}""");
        Assert.Equal(
            (HttpStatusCode.BadRequest, "the name of the object (other) does not match the name on the URL (service-b)"),
            (renamed, (string?)body["message"]));
        (HttpStatusCode applied, body) = await test.SendAsync(
            HttpMethod.Patch,
            path + "service-b?fieldManager=m",
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"other"}}""",
            "application/apply-patch+yaml");
        Assert.Equal(
            (HttpStatusCode.BadRequest, "the name of the object (other) does not match the name on the URL (service-b)"),
            (applied, (string?)body["message"]));
    }
}
