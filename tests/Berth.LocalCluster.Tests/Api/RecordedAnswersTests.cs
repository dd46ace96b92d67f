using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>The same request as in the recording, the same answer, apart from versions, times and names.</summary>
public sealed class RecordedAnswersTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";

    [Theory]
    [InlineData("not-found", Slices + "/absent", HttpStatusCode.NotFound)]
    [InlineData("bad-label-selector", Slices + "?labelSelector=%3D%3D", HttpStatusCode.BadRequest)]
    public async Task Failures_are_the_recorded_status_objects(string recording, string path, HttpStatusCode status)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode code, JsonNode body) = await test.GetAsync(path);
        Assert.Equal(status, code);
        Assert.Equal(Recordings.Read(recording).ToJsonString(), body.ToJsonString());
    }

    [Fact]
    public async Task A_version_of_the_future_is_refused_with_504_and_retry_after()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        Uri future = new(Slices + "?resourceVersion=99999999999&resourceVersionMatch=NotOlderThan", UriKind.Relative);
        using HttpResponseMessage response = await test.Http.GetAsync(future, TestCluster.Token);
        JsonNode body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestCluster.Token))!;
        JsonNode recorded = Recordings.Read("list-version-too-large");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        Assert.StartsWith(
            "Timeout: Too large resource version: 99999999999, current: ", (string)body["message"]!, StringComparison.Ordinal);
        body["message"] = recorded["message"]!.DeepClone();
        Assert.Equal(recorded.ToJsonString(), body.ToJsonString());
    }

    [Fact]
    public async Task List_is_forbidden_without_token_and_unauthorized_with_wrong_token()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Http.DefaultRequestHeaders.Authorization = null;
        (HttpStatusCode anonymous, JsonNode forbidden) = await test.GetAsync(Slices);
        test.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        (HttpStatusCode wrong, JsonNode unauthorized) = await test.GetAsync(Slices);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (anonymous, wrong));
        Assert.Equal(Recordings.Read("forbidden-anonymous").ToJsonString(), forbidden.ToJsonString());
        Assert.Equal(Recordings.Read("unauthorized").ToJsonString(), unauthorized.ToJsonString());
    }

    [Fact]
    public async Task Empty_list_has_a_version()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode body) = await test.GetAsync(Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dabsent");
        JsonNode recorded = Recordings.Read("list-empty-selector");
        Assert.NotEqual("0", (string?)body["metadata"]!["resourceVersion"]);
        body["metadata"] = recorded["metadata"]!.DeepClone();
        Assert.Equal(recorded.ToJsonString(), body.ToJsonString());
    }

    [Theory]
    [InlineData("discovery-core-v1", "/api/v1")]
    [InlineData("discovery-apps-v1", "/apis/apps/v1")]
    [InlineData("discovery-endpointslice-v1", "/apis/discovery.k8s.io/v1")]
    public async Task Discovery_describes_each_kind_as_a_real_server_does(string recording, string path)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode body) = await test.GetAsync(path);
        JsonArray resources = Recordings.Read(recording)["resources"]!.AsArray();
        Dictionary<string, JsonNode> real = resources.ToDictionary(entry => (string)entry!["name"]!, entry => entry!);
        Assert.All(body["resources"]!.AsArray(), entry =>
        {
            JsonObject expected = (JsonObject)real[(string)entry!["name"]!].DeepClone();
            expected.Remove("storageVersionHash");
            Assert.Equal(expected.ToJsonString(), entry.ToJsonString());
        });
    }

    [Theory]
    [InlineData("service", "/api/v1/namespaces/k8s-example2/services/service-b")]
    [InlineData("statefulset", "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b")]
    public async Task Objects_have_the_recorded_fields(string recording, string path)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(3)));
        await test.WaitReadyAsync(3);
        JsonNode body = await test.WaitForAsync(path, item => recording == "service" || (int?)item["status"]!["readyReplicas"] == 3);

        // The owners too: who applied a manifest, and the controllers in the status.
        Assert.Equal(Recordings.Shape(Recordings.Read(recording)), Recordings.Shape(body));
    }

    [Fact]
    public async Task Pods_have_the_recorded_fields()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(1)));
        await test.WaitReadyAsync(1);
        (_, JsonNode body) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods");

        // No volume is mounted into a process.
        IReadOnlyList<string> recorded = Recordings.Shape(
            Recordings.Read("pods"),
            ".items[].metadata.managedFields",
            ".items[].spec.volumes",
            ".items[].spec.containers[].volumeMounts");
        Assert.Equal(recorded, Recordings.Shape(body));
    }

    [Fact]
    public async Task A_headless_service_has_the_recorded_slice()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 3);
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(3)));
        JsonNode list = await test.WaitForAsync(
            Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dservice-b",
            body => body["items"]!.AsArray() is [{ } slice] && TestCluster.HasReady(slice, 3));
        JsonNode recorded = Recordings.Read("list-3-ready");
        Assert.Equal(Recordings.Shape(recorded, ".items[].metadata.managedFields"), Recordings.Shape(list));
        Assert.Equal(Plain(recorded), Plain(list));

        // The values that do not depend on where and when.
        static string Plain(JsonNode list)
        {
            JsonNode slice = list["items"]![0]!;
            JsonNode metadata = slice["metadata"]!;
            IEnumerable<string> endpoints = slice["endpoints"]!.AsArray().Select(endpoint => Endpoint(endpoint!));
            return $"{slice["addressType"]} {slice["ports"]!.ToJsonString()} {metadata["labels"]!.ToJsonString()} "
                + $"{metadata["generateName"]} {string.Join("; ", endpoints)}";
        }

        static string Endpoint(JsonNode endpoint) =>
            $"{endpoint["hostname"]} {endpoint["conditions"]!.ToJsonString()} {endpoint["targetRef"]!["name"]} {endpoint["nodeName"]}";
    }
}
