using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// The rows of docs/kubernetes-behaviour.md that concern the cluster itself, as seen on a real Kubernetes 1.36.2: what happens there
/// happens here, or docs/local-cluster.md says what does instead.
/// </summary>
public sealed class RealClusterTests : IDisposable
{
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private const string Services = "/api/v1/namespaces/k8s-example2/services";
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";
    private const string Sets = "/apis/apps/v1/namespaces/k8s-example2/statefulsets";
    private const string Patient = """["/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 600 & wait $!; done"]""";
    private const string Stubborn = """["/bin/sh", "-c", "trap '' TERM; touch FOLDER/up; while true; do sleep 600 & wait $!; done"]""";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task K20_pod_that_succeeds_leaves_its_slice_at_once_unlike_a_real_one()
    {
        await using TestCluster test = await StartAsync("""
            apiVersion: v1
            kind: Pod
            metadata: { name: p, namespace: k8s-example2, labels: { app: service-b } }
            spec:
              restartPolicy: Never
              containers: [{ name: c, image: k8s-example2, command: [/bin/true] }]
            """);
        await test.WaitAsync(pods => pods is [{ Phase: "Succeeded" }]);
        await test.WaitForAsync(Slices, list => Endpoints(list).Length == 0);
    }

    [Theory]
    [InlineData("{ rollingUpdate: { maxUnavailable: 2 } }")]
    [InlineData("{ type: RollingUpdate, rollingUpdate: { partition: 0, maxUnavailable: 50% } }")]
    public async Task K21_maxUnavailable_of_a_set_is_dropped_without_a_word(string strategy)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(1, extra: $"updateStrategy: {strategy}"));
        const string Stored = """{"type":"RollingUpdate","rollingUpdate":{"partition":0}}""";
        JsonNode set = (await test.GetAsync($"{Sets}/service-b")).Body["spec"]!["updateStrategy"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Stored), set), set.ToJsonString());
        const string Change = """{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":3}}}}""";
        set = (await test.MergeAsync($"{Sets}/service-b", Change)).Body["spec"]!["updateStrategy"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Stored), set), set.ToJsonString());
    }

    [Fact]
    public async Task K22_pod_of_a_lost_node_stays_terminating_until_the_node_is_back()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 2);
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(2, "Parallel")));
        PodSummary lost = (await test.WaitReadyAsync(2)).Single(pod => pod.Node == "node-1");
        test.Cluster.Faults.StopNode("node-1");
        test.Cluster.Delete("pod", TestCluster.Namespace, lost.Name);
        await test.WaitForAsync(Slices, list => Endpoints(list).Contains($"{lost.Name} F/F/T"));
        test.Cluster.Faults.StartNode("node-1");
        await test.WaitAsync(pods => pods.Count == 2 && pods.All(pod => pod is { Ready: true, Terminating: false } && pod.Uid != lost.Uid));
    }

    [Fact]
    public async Task K23_process_of_a_pod_deleted_by_force_is_killed()
    {
        await using TestCluster test = await StartAsync(Set(Stubborn, $"[/usr/bin/test, -e, {_folder.Root}/up]"));
        PodSummary old = (await test.WaitReadyAsync(1))[0];
        using Process process = Process.GetProcessById(old.ProcessId!.Value);
        test.Cluster.Delete("pod", TestCluster.Namespace, old.Name, gracePeriodSeconds: 0);
        await process.WaitForExitAsync(TestCluster.Token);
        await test.WaitAsync(pods => pods is [{ Ready: true }] && pods[0].Uid != old.Uid);
    }

    [Fact]
    public async Task K24_probes_go_on_while_a_pod_ends()
    {
        await using TestCluster test = await StartAsync(Set(Stubborn, $"[/usr/bin/test, -e, {_folder.Root}/up]"));
        await test.WaitReadyAsync(1);
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-0");
        await test.WaitForAsync(Slices, list => Endpoints(list) is ["service-b-0 F/T/T"]);
        File.Delete($"{_folder.Root}/up");
        await test.WaitForAsync(Slices, list => Endpoints(list) is ["service-b-0 F/F/T"]);
        await File.WriteAllTextAsync($"{_folder.Root}/up", "", TestCluster.Token);
        await test.WaitForAsync(Slices, list => Endpoints(list) is ["service-b-0 F/T/T"]);
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-0", gracePeriodSeconds: 0);
    }

    [Fact]
    public async Task K25_pod_with_a_finalizer_stays_when_it_has_ended_and_has_no_successor()
    {
        await using TestCluster test = await StartAsync(Set(Patient, "[/bin/true]"));
        string uid = (await test.WaitReadyAsync(1))[0].Uid;
        await test.MergeAsync($"{Pods}/service-b-0", """{"metadata":{"finalizers":["example.com/stay"]}}""");
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-0");
        JsonNode pod = await test.WaitForAsync(
            $"{Pods}/service-b-0", body => (string?)body["status"]!["phase"] is "Succeeded" or "Failed");
        Assert.NotNull(pod["metadata"]!["deletionTimestamp"]);
        await test.WaitForAsync(Slices, list => Endpoints(list).Length == 0);
        await test.WaitForAsync($"{Sets}/service-b", set => (int?)set["status"]!["readyReplicas"] is null or 0);
        Assert.Equal([uid], test.Cluster.Pods.Select(now => now.Uid));
        await test.MergeAsync($"{Pods}/service-b-0", """{"metadata":{"finalizers":null}}""");
        await test.WaitAsync(pods => pods is [{ Ready: true }] && pods[0].Uid != uid);
    }

    [Fact]
    public async Task K26_container_that_never_restarts_gives_a_set_a_new_pod_for_each_exit()
    {
        await using TestCluster test = await StartAsync(Set(Patient, "[/bin/true]", "restartPolicy: Never"));
        HashSet<string> uids = [];
        while (uids.Count < 4)
        {
            // More exits than a restart with back-off would give in this time.
            IReadOnlyList<PodSummary> pods = await test.WaitAsync(now => now is [{ Ready: true, Terminating: false }]
                && !uids.Contains(now[0].Uid));
            uids.Add(pods[0].Uid);
            Assert.Equal(0, pods[0].Restarts);
            test.Cluster.Faults.KillPod(TestCluster.Namespace, "service-b-0");
        }
    }

    [Fact]
    public async Task K27_slice_that_is_relabelled_away_is_made_again_unlike_a_real_one()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(1)));
        await test.WaitReadyAsync(1);
        JsonNode list = await test.WaitForAsync(Slices, body => Endpoints(body) is ["service-b-0 T/T/F"]);
        string name = (string)list["items"]![0]!["metadata"]!["name"]!;
        await test.MergeAsync($"{Slices}/{name}", """{"metadata":{"labels":{"kubernetes.io/service-name":"other"}}}""");
        // The controller may still have the slice's last change to look at, and make another slice at once.
        const string Own = Slices + "?labelSelector=kubernetes.io/service-name%3Dservice-b";
        Assert.DoesNotContain($"\"{name}\"", (await test.GetAsync(Own)).Body.ToJsonString(), StringComparison.Ordinal);

        // A change of the Service brings one back.
        await test.MergeAsync($"{Services}/service-b", """{"metadata":{"labels":{"a":"b"}}}""");
        await test.WaitForAsync(Own, body => Endpoints(body) is ["service-b-0 T/T/F"]);
    }

    [Fact]
    public async Task K29_partition_counts_from_the_first_ordinal()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(
            3, "Parallel", "ordinals: { start: 5 }\n  updateStrategy: { rollingUpdate: { partition: 2 } }"));
        IReadOnlyList<PodSummary> before = await test.WaitReadyAsync(3);
        await test.MergeAsync($"{Sets}/service-b", """{"spec":{"template":{"metadata":{"annotations":{"x":"y"}}}}}""");
        await test.WaitForAsync(
            $"{Sets}/service-b", set => (int?)set["status"]!["updatedReplicas"] == 1 && (int?)set["status"]!["readyReplicas"] == 3);
        Assert.Equal(
            [true, true, false], test.Cluster.Pods.Select(pod => before.Any(old => old.Uid == pod.Uid)));
    }

    [Fact]
    public async Task K29_minReadySeconds_does_not_delay_readiness_in_the_slice()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(
            TestManifests.Service, TestManifests.StatefulSet(1, extra: "minReadySeconds: 100000")));
        await test.WaitForAsync(Slices, list => Endpoints(list) is ["service-b-0 T/T/F"]);
        JsonNode set = await test.WaitForAsync($"{Sets}/service-b", body => (int?)body["status"]!["readyReplicas"] == 1);
        Assert.Equal(0, (int?)set["status"]!["availableReplicas"]);
    }

    [Fact]
    public async Task K29_pod_index_that_is_changed_by_hand_stays()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(2));
        await test.WaitReadyAsync(2);
        await test.MergeAsync($"{Pods}/service-b-0", """{"metadata":{"labels":{"apps.kubernetes.io/pod-index":"7"}}}""");
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 1);
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(1);
        Assert.Equal(("service-b-0", "7"), (pods[0].Name, pods[0].Labels["apps.kubernetes.io/pod-index"]));
    }

    [Fact]
    public async Task K30_hostname_is_set_for_the_service_of_that_name_headless_or_not()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(
            TestManifests.Service.Replace("clusterIP: None", "type: ClusterIP", StringComparison.Ordinal),
            TestManifests.Service.Replace("name: service-b,", "name: other,", StringComparison.Ordinal),
            TestManifests.StatefulSet(1)));
        string? Hostname(JsonNode list, string service) => (string?)list["items"]!.AsArray()
            .Single(slice => (string?)slice!["metadata"]!["labels"]!["kubernetes.io/service-name"] == service)!
            ["endpoints"]![0]!["hostname"];
        JsonNode slices = await test.WaitForAsync(Slices, list => Endpoints(list).Length == 2);
        Assert.Equal(("service-b-0", null), (Hostname(slices, "service-b"), Hostname(slices, "other")));
    }

    [Theory]
    [InlineData("169.254.1.1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("0.0.0.0", "may not be unspecified (0.0.0.0)")]
    [InlineData("224.0.0.1", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")]
    [InlineData("010.0.0.1", "must not have leading 0s")]
    [InlineData("::ffff:10.0.0.1", "must not be an IPv4-mapped IPv6 address")]
    [InlineData("2001:DB8::1", "must be in canonical form (\\\"2001:db8::1\\\")")]
    [InlineData("fe80::1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("::", "may not be unspecified (::)")]
    [InlineData("10.1", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("239.1.1.1", null)]
    [InlineData("255.255.255.255", null)]
    [InlineData("240.0.0.1", null)]
    [InlineData("0.0.0.1", null)]
    [InlineData("127.0.0.1", null)]
    public async Task K31_addresses_in_slices_are_refused_as_by_a_real_server(string address, string? why)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string type = address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Post, Slices, $$"""
            {"metadata":{"name":"s"},"addressType":"{{type}}","endpoints":[{"addresses":["{{address}}"]}],"ports":[]}
            """);
        Assert.Equal(why is null ? HttpStatusCode.Created : HttpStatusCode.UnprocessableEntity, status);
        if (why is not null)
        {
            Assert.Equal(
                $"EndpointSlice.discovery.k8s.io \"s\" is invalid: endpoints[0].addresses[0]: Invalid value: \"{address}\": "
                + why.Replace("\\\"", "\"", StringComparison.Ordinal),
                (string?)body["message"]);
        }
    }

    [Fact]
    public async Task K32_pod_whose_node_is_missing_is_left_out_and_the_service_says_so()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 2);
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(2, "Parallel")));
        PodSummary lost = (await test.WaitReadyAsync(2)).Single(pod => pod.Node == "node-1");
        await test.WaitForAsync(Slices, list => Endpoints(list).Length == 2);
        test.Cluster.Delete("node", null, "node-1");
        await test.MergeAsync($"{Services}/service-b", """{"metadata":{"labels":{"a":"b"}}}""");
        await test.WaitForAsync(Slices, list => Endpoints(list).Length == 1);
        Assert.Equal(
            "Error updating Endpoint Slices for Service k8s-example2/service-b: "
            + $"skipping Pod {lost.Name} for Service k8s-example2/service-b: Node node-1 Not Found",
            await test.EventAsync("FailedToUpdateEndpointSlices", "service-b"));
    }

    [Fact]
    public async Task K33_address_of_a_pod_does_not_follow_its_nodes()
    {
        await using TestCluster test = await StartAsync(Set(Patient, "[/bin/true]"));
        await test.WaitReadyAsync(1);
        await test.MergeAsync(
            "/api/v1/nodes/node-0/status", """{"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.99"}]}}""");
        test.Cluster.Faults.KillPod(TestCluster.Namespace, "service-b-0");
        IReadOnlyList<PodSummary> pods = await test.WaitAsync(now => now is [{ Ready: true, Restarts: 1 }]);
        Assert.Equal("127.0.0.1", pods[0].PodIP);
    }

    [Theory]
    [InlineData("2048-game", null)]
    [InlineData("2048", null)]
    [InlineData("a.b", "must not contain dots")]
    public async Task K34_service_names_may_start_with_a_digit_and_have_no_dots(string name, string? why)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Post, Services, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"ports":[{"port":1}]}}""");
        Assert.Equal(why is null ? HttpStatusCode.Created : HttpStatusCode.UnprocessableEntity, status);
        if (why is not null)
        {
            Assert.Equal(
                $"Service \"{name}\" is invalid: metadata.name: Invalid value: \"{name}\": {why}", (string?)body["message"]);
        }
    }

    /// <summary>Each endpoint's pod with its conditions ready, serving and terminating.</summary>
    private static string[] Endpoints(JsonNode list)
    {
        static string Letter(JsonNode? flag) => flag is null ? "-" : (bool)flag ? "T" : "F";
        return
        [
            .. list["items"]!.AsArray()
                .SelectMany(slice => slice!["endpoints"] as JsonArray ?? [])
                .Select(endpoint => (Pod: (string?)endpoint!["targetRef"]?["name"], State: endpoint["conditions"]!))
                .Select(entry => $"{entry.Pod} {Letter(entry.State["ready"])}/{Letter(entry.State["serving"])}/"
                    + Letter(entry.State["terminating"])),
        ];
    }

    private string Set(string command, string probe, string more = "") => TestManifests.StatefulSet(
        1,
        command: command.Replace("FOLDER", _folder.Root, StringComparison.Ordinal),
        probe: $$"""
            readinessProbe: { periodSeconds: 1, timeoutSeconds: 60, failureThreshold: 1, exec: { command: {{probe}} } }
                    {{more}}
            """,
        grace: 600);

    private static Task<TestCluster> StartAsync(string manifest) => TestCluster.StartAsync(new LocalClusterOptions
    {
        Manifests = [TestManifests.All(TestManifests.Namespace, TestManifests.Service, manifest)],
        Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
    });
}
