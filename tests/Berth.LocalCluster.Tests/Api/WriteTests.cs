using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>Changes and their refusals. The expected results are those of a Kubernetes 1.36.2 API server.</summary>
public sealed class WriteTests
{
    private const string Merge = "application/merge-patch+json";
    private const string Set = "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b";
    private const string Services = "/api/v1/namespaces/k8s-example2/services";
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";

    [Fact]
    public async Task Scale_of_a_wrong_type_is_refused_and_a_dry_run_keeps_the_object()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(2));
        await test.WaitReadyAsync(2);
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Patch,
            Set + "/scale",
            """{"spec":{"replicas":"3"}}""",
            Merge);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.EndsWith(
            "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32",
            (string?)body["message"],
            StringComparison.Ordinal);
        (status, body) = await test.SendAsync(HttpMethod.Patch, Set + "/scale?dryRun=All", """{"spec":{"replicas":0}}""", Merge);
        Assert.Equal((HttpStatusCode.OK, 0), (status, (int?)body["spec"]!["replicas"]));
        Assert.Equal(2, (int?)(await test.GetAsync(Set)).Body["spec"]!["replicas"]);
    }

    [Fact]
    public async Task Dry_run_returns_the_result_and_sees_stored_objects()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string account = """{"metadata":{"name":"a"}}""";
        const string accounts = "/api/v1/namespaces/k8s-example2/serviceaccounts";
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Post, accounts + "?dryRun=All", account);
        Assert.Equal(HttpStatusCode.Created, status);
        string fields = string.Join(' ', body["metadata"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("name namespace managedFields uid creationTimestamp", fields);
        Assert.Equal(HttpStatusCode.NotFound, (await test.GetAsync(accounts + "/a")).Status);
        await test.SendAsync(HttpMethod.Post, accounts, account);
        Assert.Equal(HttpStatusCode.Conflict, (await test.SendAsync(HttpMethod.Post, accounts + "?dryRun=All", account)).Status);
    }

    [Fact]
    public async Task A_service_gets_and_loses_what_its_type_has()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode made) = await test.SendAsync(
            HttpMethod.Post, Services, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}""");
        string address = (string)made["spec"]!["clusterIP"]!;
        async Task<JsonNode> ChangeAsync(string spec)
        {
            (HttpStatusCode status, JsonNode body) = await test.SendAsync(
                HttpMethod.Patch,
                Services + "/s",
                $$"""{"spec":{{spec}}}""",
                Merge);
            Assert.True(status == HttpStatusCode.OK, body.ToJsonString());
            return body["spec"]!;
        }

        JsonNode open = await ChangeAsync("""{"type":"NodePort"}""");
        Assert.InRange((int)open["ports"]![0]!["nodePort"]!, 30000, 32767);
        Assert.Equal("Cluster", (string?)open["externalTrafficPolicy"]);
        Assert.Equal(
            (int)open["ports"]![0]!["nodePort"]!,
            (int)(await ChangeAsync("""{"ports":[{"port":80,"targetPort":9}]}"""))["ports"]![0]!["nodePort"]!);
        Assert.True((bool)(await ChangeAsync("""{"type":"LoadBalancer"}"""))["allocateLoadBalancerNodePorts"]!);
        JsonNode closed = await ChangeAsync("""{"type":"ClusterIP"}""");
        Assert.Equal(
            (address, null, null, null),
            (
                (string)closed["clusterIP"]!,
                closed["ports"]![0]!["nodePort"],
                closed["externalTrafficPolicy"],
                closed["allocateLoadBalancerNodePorts"]));
        JsonNode elsewhere = await ChangeAsync("""{"type":"ExternalName","externalName":"a.b"}""");
        Assert.Equal(
            "externalName,ports,sessionAffinity,type",
            string.Join(',', elsewhere.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal)));
        (HttpStatusCode refused, JsonNode answer) = await test.SendAsync(
            HttpMethod.Post,
            Services,
            """{"metadata":{"name":"np"},"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":99}]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused);
        Assert.Equal(
            "Service \"np\" is invalid: spec.ports[0].nodePort: Invalid value: 99: "
            + "provided port is not in the valid range. The range of valid ports is 30000-32767",
            (string?)answer["message"]);
    }

    [Theory]
    [InlineData("""{"spec":{"terminationGracePeriodSeconds":1}}""", Merge)]
    [InlineData("""[{"op":"replace","path":"/spec/tolerations","value":[{"operator":"Exists"}]}]""", "application/json-patch+json")]
    [InlineData("""{"spec":{"nodeName":"node-9"}}""", Merge)]
    public async Task Change_of_a_pods_immutable_field_is_refused(string patch, string type)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await test.SendAsync(HttpMethod.Post, Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x"}]}}""");
        await test.WaitReadyAsync(1);
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Patch, Pods + "/p", patch, type);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.StartsWith(
            "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than ",
            (string?)body["message"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_toleration_may_be_added()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await test.SendAsync(HttpMethod.Post, Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x"}]}}""");
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Patch,
            Pods + "/p",
            """{"spec":{"tolerations":[{"key":"a","operator":"Exists"}]}}""",
            Merge);
        Assert.Equal((HttpStatusCode.OK, 3), (status, body["spec"]!["tolerations"]!.AsArray().Count));
    }

    [Fact]
    public async Task The_namespaces_of_the_cluster_itself_stay()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default", "{}");
        Assert.Equal(
            (HttpStatusCode.Forbidden, "namespaces \"default\" is forbidden: this namespace may not be deleted"),
            (status, (string?)body["message"]));
    }

    [Theory]
    [InlineData(
        "watch=1&sendInitialEvents=true",
        "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]
    [InlineData(
        "watch=1&resourceVersionMatch=NotOlderThan",
        "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")]
    [InlineData("sendInitialEvents=true", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")]
    [InlineData(
        "resourceVersionMatch=Exact",
        "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData(
        "resourceVersionMatch=Exact&resourceVersion=0",
        "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")]
    [InlineData(
        "resourceVersionMatch=Foo&resourceVersion=1",
        "resourceVersionMatch: Unsupported value: \"Foo\": supported values: \"Exact\", \"NotOlderThan\", \"\"")]
    [InlineData(
        "labelSelector=-a%3Db",
        "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters")]
    [InlineData(
        "labelSelector=a%3Db%40",
        "unable to parse requirement: values[0][a]: Invalid value: \"b@\": a valid label must be an empty string")]
    [InlineData(
        "labelSelector=a%3Eb",
        "unable to parse requirement: values[0][a]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer")]
    public async Task Unsupported_query_of_a_list_or_watch_is_refused(string query, string message)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.GetAsync($"{Pods}?{query}");
        Assert.Equal(
            query.StartsWith("label", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(message, (string?)body["message"], StringComparison.Ordinal);
    }
}
