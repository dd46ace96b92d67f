using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Patches;

/// <summary>Patches of a list, and the lists that a Kubernetes 1.36.2 API server made of them.</summary>
public sealed class StrategicMergePatchTests
{
    private const string Path = "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b";

    [Theory]
    [InlineData("ab", """{"name":"c","env":[{"name":"c","value":"w"}]}""", "cw av bv")]
    [InlineData("abc", """{"name":"c","env":[{"name":"d","value":"w"},{"name":"b","value":"w"}]}""", "dw av bw cv")]
    [InlineData("abcd", """{"name":"c","$setElementOrder/env":[{"name":"d"},{"name":"b"}]}""", "av cv dv bv")]
    [InlineData(
        "abc",
        """
        {"name":"c","env":[{"name":"b","$patch":"delete"},{"name":"d","value":"w"}],
         "$setElementOrder/env":[{"name":"c"},{"name":"d"},{"name":"a"}]}
        """,
        "cv dw av")]
    [InlineData("abc", """{"name":"c","env":[{"$patch":"replace"},{"name":"x","value":"w"}]}""", "xw")]
    public async Task A_list_is_merged_by_its_types_key_and_ordered_as_by_a_real_server(string names, string container, string expected)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string variables = string.Join(", ", names.Select(name => $"{{ name: {name}, value: v }}"));
        test.Cluster.Apply($$"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: service-b, namespace: k8s-example2 }
            spec:
              replicas: 0
              selector: { matchLabels: { a: b } }
              template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, image: x, env: [{{variables}}] }] } }
            """);
        (HttpStatusCode status, JsonNode set) = await test.PatchAsync(
            Path,
            """{"spec":{"template":{"spec":{"containers":[CONTAINER]}}}}""".Replace("CONTAINER", container, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, status);
        JsonArray merged = set["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray();
        Assert.Equal(expected, string.Join(' ', merged.Select(item => $"{item!["name"]}{item["value"]}")));
    }

    [Fact]
    public async Task Ports_of_a_Service_are_merged_and_ports_of_a_slice_replaced()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.Service);
        (_, JsonNode service) = await test.PatchAsync(
            "/api/v1/namespaces/k8s-example2/services/service-b",
            """{"spec":{"ports":[{"port":3456,"name":"a"},{"port":1,"name":"b"}]}}""");
        Assert.Equal(
            "a 3456, b 1", string.Join(", ", service["spec"]!["ports"]!.AsArray().Select(port => $"{port!["name"]} {port["port"]}")));
        const string slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";
        await test.SendAsync(
            HttpMethod.Post,
            slices,
            """{"metadata":{"name":"by-hand"},"addressType":"IPv4","endpoints":[],"ports":[{"name":"a","port":1}]}""");
        (_, JsonNode slice) = await test.PatchAsync(slices + "/by-hand", """{"ports":[{"name":"b","port":1}]}""");
        Assert.Equal("b", (string?)slice["ports"]!.AsArray().Single()!["name"]);
    }
}
