using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>Kinds that charts have: stored, read and listed, whether or not anything follows from them.</summary>
public sealed class StoredKindTests
{
    private const string ConfigMaps = "/api/v1/namespaces/k8s-example2/configmaps";
    private const string Secrets = "/api/v1/namespaces/k8s-example2/secrets";

    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: { name: arenas.games.example.com }
        spec:
          group: games.example.com
          scope: Namespaced
          names: { kind: Arena, plural: arenas, singular: arena, shortNames: [ar] }
          versions:
          - { name: v1beta1, served: true, storage: false, schema: { openAPIV3Schema: { type: object } } }
          - { name: v1, served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: object } } }
        """;

    private const string Arena = """
        apiVersion: games.example.com/v1beta1
        kind: Arena
        metadata: { name: a, namespace: k8s-example2 }
        spec: { size: 3, walls: [{ x: 1.5 }] }
        """;

    [Fact]
    public async Task Secret_takes_text_and_keeps_base64()
    {
        await using TestCluster test = await TestCluster.StartAsync();

        (HttpStatusCode status, JsonNode made) = await test.SendAsync(
            HttpMethod.Post, Secrets, """{"metadata":{"name":"s"},"stringData":{"a":"x"},"data":{"b":"eQ=="}}""");

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal("Opaque", (string?)made["type"]);
        Assert.Equal("""{"b":"eQ==","a":"eA=="}""", made["data"]!.ToJsonString());
        Assert.Null(made["stringData"]);
    }

    [Fact]
    public async Task Secret_that_is_no_base64_is_refused()
    {
        await using TestCluster test = await TestCluster.StartAsync();

        (HttpStatusCode status, JsonNode refusal) = await test.SendAsync(
            HttpMethod.Post, Secrets, """{"metadata":{"name":"s"},"data":{"a":"not base64"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 3", (string?)refusal["message"]);
    }

    [Fact]
    public async Task Immutable_data_stays()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await test.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"c"},"immutable":true,"data":{"a":"1"}}""");

        (HttpStatusCode status, JsonNode refusal) = await test.MergeAsync($"{ConfigMaps}/c", """{"data":{"a":"2"}}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(
            "data: Forbidden: field is immutable when `immutable` is set", (string?)refusal["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/apis/batch/v1/namespaces/k8s-example2/jobs",
        """{"metadata":{"name":"x"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}""")]
    [InlineData("/apis/autoscaling/v2/namespaces/k8s-example2/horizontalpodautoscalers",
        """{"metadata":{"name":"x"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"d"},"maxReplicas":3}}""")]
    [InlineData("/apis/networking.k8s.io/v1/namespaces/k8s-example2/ingresses",
        """{"metadata":{"name":"x"},"spec":{"rules":[{"host":"a.example.com"}]}}""")]
    [InlineData("/apis/networking.k8s.io/v1/namespaces/k8s-example2/networkpolicies",
        """{"metadata":{"name":"x"},"spec":{"podSelector":{},"policyTypes":["Ingress"]}}""")]
    [InlineData("/apis/storage.k8s.io/v1/storageclasses", """{"metadata":{"name":"x"},"provisioner":"p"}""")]
    [InlineData("/api/v1/namespaces/k8s-example2/persistentvolumeclaims",
        """{"metadata":{"name":"x"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""")]
    public async Task Kind_is_stored_and_its_unknown_fields_are_named(string path, string body)
    {
        await using TestCluster test = await TestCluster.StartAsync();

        (HttpStatusCode made, _) = await test.SendAsync(HttpMethod.Post, path, body);
        (HttpStatusCode strict, JsonNode refusal) = await test.SendAsync(
            HttpMethod.Post,
            path + "?fieldValidation=Strict",
            body.Replace("\"name\":\"x\"", "\"name\":\"y\",\"foo\":1", StringComparison.Ordinal));
        (_, JsonNode list) = await test.GetAsync(path);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.BadRequest), (made, strict));
        Assert.Contains("unknown field \"metadata.foo\"", (string?)refusal["message"], StringComparison.Ordinal);
        Assert.Equal("x", (string?)Assert.Single(list["items"]!.AsArray())!["metadata"]!["name"]);
    }

    [Fact]
    public async Task Custom_kind_is_served_from_its_definition_until_that_is_deleted()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string Arenas = "/apis/games.example.com/v1/namespaces/k8s-example2/arenas";

        test.Cluster.Apply([(Arena, "arena.yaml"), (Definition, "crd.yaml")]);

        (HttpStatusCode status, JsonNode arena) = await test.GetAsync($"{Arenas}/a");
        Assert.Equal((HttpStatusCode.OK, "games.example.com/v1"), (status, (string?)arena["apiVersion"]));
        Assert.Equal("""{"size":3,"walls":[{"x":1.5}]}""", arena["spec"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, (await test.GetAsync("/apis/games.example.com/v1beta1/namespaces/k8s-example2/arenas/a")).Status);
        (_, JsonNode definition) = await test.GetAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/arenas.games.example.com");
        Assert.Contains("Established", definition["status"]!["conditions"]!.ToJsonString(), StringComparison.Ordinal);
        (_, JsonNode patched) = await test.MergeAsync($"{Arenas}/a", """{"spec":{"size":4}}""");
        Assert.Equal((4, 2), ((int)patched["spec"]!["size"]!, (int)patched["metadata"]!["generation"]!));

        test.Cluster.Delete("crd", null, "arenas.games.example.com");

        Assert.Equal(HttpStatusCode.NotFound, (await test.GetAsync($"{Arenas}/a")).Status);
        test.Cluster.Apply(Definition);
        Assert.Empty((await test.GetAsync(Arenas)).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task Custom_object_is_checked_against_the_schema_of_its_kind()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Definition.Replace(
            "storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: object } } }",
            """
            storage: true, schema: { openAPIV3Schema: { type: object, required: [spec], properties: { spec: { type: object,
                required: [size, mode], properties: { size: { type: integer, minimum: 1 }, mode: { type: string, enum: [siege, duel] },
                rounds: { type: integer, default: 5 }, limit: { x-kubernetes-int-or-string: true },
                walls: { type: array, items: { type: object, properties: { x: { type: number } } } },
                names: { type: object, additionalProperties: { type: string } } } } } } } }
            """,
            StringComparison.Ordinal));
        const string Arenas = "/apis/games.example.com/v1/namespaces/k8s-example2/arenas";

        (HttpStatusCode made, JsonNode arena) = await test.SendAsync(HttpMethod.Post, Arenas, """
            {"apiVersion":"games.example.com/v1","kind":"Arena","metadata":{"name":"a"},
             "spec":{"size":3,"mode":"duel","limit":"10%","walls":[{"x":1.5}],"names":{"a":"b"},"other":1}}
            """);
        (HttpStatusCode refused, JsonNode refusal) = await test.SendAsync(HttpMethod.Post, Arenas, """
            {"apiVersion":"games.example.com/v1","kind":"Arena","metadata":{"name":"b"},
             "spec":{"size":0,"rounds":"many","walls":[{"x":"wide"}],"names":{"a":1}}}
            """);
        (HttpStatusCode changed, JsonNode change) = await test.MergeAsync($"{Arenas}/a", """{"spec":{"mode":"chess"}}""");

        Assert.True(made == HttpStatusCode.Created, arena.ToJsonString());
        Assert.Equal(5, (int)arena["spec"]!["rounds"]!);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (refused, changed));
        Assert.Equal(
            [
                "spec.mode: Required value",
                "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
                "spec.rounds: Invalid value: \"string\": spec.rounds in body must be of type integer: \"string\"",
                "spec.walls[0].x: Invalid value: \"string\": spec.walls[0].x in body must be of type number: \"string\"",
                "spec.names.a: Invalid value: \"integer\": spec.names.a in body must be of type string: \"integer\"",
            ],
            refusal["details"]!["causes"]!.AsArray().Select(static cause => $"{cause!["field"]}: {cause["message"]}"));
        Assert.Equal(
            "Arena.games.example.com \"a\" is invalid: spec.mode: Unsupported value: \"chess\": "
                + "supported values: \"siege\", \"duel\"",
            (string?)change["message"]);
    }

    [Fact]
    public async Task Custom_objects_go_with_their_namespace_and_their_owner()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply([(Definition, "crd.yaml"), (Arena, "arena.yaml")]);
        const string Arenas = "/apis/games.example.com/v1/namespaces/k8s-example2/arenas";
        (_, JsonNode owner) = await test.GetAsync($"{Arenas}/a");
        await test.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""
            {"metadata":{"name":"owned","ownerReferences":[
            {"apiVersion":"games.example.com/v1","kind":"Arena","name":"a","uid":"{{{owner["metadata"]!["uid"]}}}"}]}}
            """);

        test.Cluster.Delete("arena", "k8s-example2", "a");

        await test.WaitForAsync(
            ConfigMaps, static list => list["items"]!.AsArray().All(static item => (string?)item!["metadata"]!["name"] != "owned"));
    }
}
