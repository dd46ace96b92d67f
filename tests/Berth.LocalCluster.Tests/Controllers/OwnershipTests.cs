using System.Net;
using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Owners of objects: adopted orphans, pods that no longer match, deletions in order. The expected results are those of a Kubernetes 1.36.2
/// control plane.
/// </summary>
public sealed class OwnershipTests
{
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private const string Sets = "/apis/apps/v1/namespaces/k8s-example2/statefulsets";
    private const string Deployments = "/apis/apps/v1/namespaces/k8s-example2/deployments";
    private const string Revisions = "/apis/apps/v1/namespaces/k8s-example2/controllerrevisions";

    private const string Front = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: front, namespace: k8s-example2, annotations: { note: kept } }
        spec:
          replicas: 2
          selector: { matchLabels: { app: front } }
          template: { metadata: { labels: { app: front } }, spec: { containers: [{ name: c, image: one }] } }
        """;

    [Fact]
    public async Task A_new_set_takes_up_the_pods_that_its_deletion_left()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(2));
        IReadOnlyList<PodSummary> before = await test.WaitReadyAsync(2);
        await test.SendAsync(HttpMethod.Delete, Sets + "/service-b", """{"propagationPolicy":"Orphan"}""");
        await test.WaitForAsync(Pods, list => list["items"]!.AsArray().All(pod => pod!["metadata"]!["ownerReferences"] is null));
        await test.WaitForAsync(Sets + "/service-b", answer => (int?)answer["code"] == 404);
        test.Cluster.Apply(TestManifests.StatefulSet(2));
        JsonNode set = (await test.GetAsync(Sets + "/service-b")).Body;
        JsonNode pods = await test.WaitForAsync(
            Pods,
            list => list["items"]!.AsArray().All(pod => OwnerOf(pod!) == (string?)set["metadata"]!["uid"]));
        Assert.Equal(before.Select(pod => pod.Uid), pods["items"]!.AsArray().Select(pod => (string)pod!["metadata"]!["uid"]!));
        await test.WaitForAsync(
            Revisions, list => list["items"]!.AsArray().All(revision => revision!["metadata"]!["ownerReferences"] is not null));
        test.Cluster.Delete("sts", TestCluster.Namespace, "service-b");
        await test.WaitAsync(now => now.Count == 0);
    }

    [Fact]
    public async Task A_pod_with_a_zero_before_its_ordinal_is_taken_up_as_by_a_real_set()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(1));
        await test.WaitReadyAsync(1);
        test.Cluster.Apply("""
            apiVersion: v1
            kind: Pod
            metadata: { name: service-b-01, namespace: k8s-example2, labels: { app: service-b } }
            spec: { containers: [{ name: c, image: x }] }
            """);

        // 01 is read as 1, which is beyond one replica.
        Assert.Equal(
            "Delete Pod service-b-01 in StatefulSet service-b successful", await test.EventAsync("SuccessfulDelete", "service-b"));
        await test.WaitForAsync($"{Pods}/service-b-01", answer => (int?)answer["code"] == 404);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 2);
        Assert.Equal(["service-b-0", "service-b-1"], (await test.WaitReadyAsync(2)).Select(pod => pod.Name).Order());
    }

    [Fact]
    public async Task A_pod_whose_label_changes_is_let_go_and_replaced_and_taken_back()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Front);
        string name = (await test.WaitReadyAsync(2))[0].Name;
        await test.MergeAsync($"{Pods}/{name}", """{"metadata":{"labels":{"app":"looked-at"}}}""");
        await test.WaitReadyAsync(3);
        Assert.Null((await test.GetAsync($"{Pods}/{name}")).Body["metadata"]!["ownerReferences"]);
        await test.MergeAsync($"{Pods}/{name}", """{"metadata":{"labels":{"app":"front"}}}""");
        await test.WaitReadyAsync(2);
    }

    [Fact]
    public async Task Foreground_deletion_waits_for_the_pods_of_the_sets_of_a_deployment()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Front);
        string pod = (await test.WaitReadyAsync(2))[0].Name;
        await test.MergeAsync($"{Pods}/{pod}", """{"metadata":{"finalizers":["test.example/held"]}}""");
        await test.SendAsync(HttpMethod.Delete, Deployments + "/front", """{"propagationPolicy":"Foreground"}""");
        await test.WaitAsync(now => now is [{ Terminating: true }]);
        await test.WaitForAsync($"{Pods}/{pod}", body => (int?)body["metadata"]!["deletionGracePeriodSeconds"] == 0);
        Assert.Equal(HttpStatusCode.OK, (await test.GetAsync(Deployments + "/front")).Status);
        await test.MergeAsync($"{Pods}/{pod}", """{"metadata":{"finalizers":null}}""");
        await test.WaitForAsync(Deployments + "/front", body => (string?)body["reason"] == "NotFound");
        Assert.Empty(test.Cluster.Pods);
    }

    [Fact]
    public async Task Revision_has_the_change_cause_and_labels_of_its_set()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.StatefulSet(1), Front));
        await test.WaitReadyAsync(3);
        await test.MergeAsync(
            Sets + "/service-b",
            """
            {"metadata":{"annotations":{"kubernetes.io/change-cause":"why"}},
             "spec":{"template":{"metadata":{"annotations":{"a":"b"}}}}}
            """);
        JsonNode made = await test.WaitForAsync(Revisions, list => list["items"]!.AsArray().Count == 2);
        JsonNode newest = made["items"]!.AsArray().MaxBy(revision => (int)revision!["revision"]!)!;
        Assert.Equal("why", (string?)newest["metadata"]!["annotations"]!["kubernetes.io/change-cause"]);
        Assert.Equal((string?)newest["metadata"]!["name"], $"service-b-{newest["metadata"]!["labels"]!["controller.kubernetes.io/hash"]}");
        JsonNode replicas = (await test.GetAsync("/apis/apps/v1/namespaces/k8s-example2/replicasets")).Body["items"]![0]!;
        Assert.Equal("kept", (string?)replicas["metadata"]!["annotations"]!["note"]);
        Assert.Null(replicas["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]);
    }

    [Theory]
    [InlineData("sts", Sets + "/service-b")]
    [InlineData("deploy", Deployments + "/front")]
    public async Task A_pod_counts_as_available_when_it_has_been_ready_for_minReadySeconds(string kind, string path)
    {
        // The certificates are valid from the real time on. Times in objects have no fractions of a second.
        TestClock time = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        await using TestCluster test = await TestCluster.StartAsync(time: time);
        test.Cluster.Apply(kind == "sts"
            ? TestManifests.StatefulSet(2, extra: "minReadySeconds: 30")
            : Front.Replace("replicas: 2", "replicas: 1\n  minReadySeconds: 30", StringComparison.Ordinal));

        // In order: the second pod of a StatefulSet waits for the first.
        JsonNode first = await test.WaitForAsync(path, body => (int?)body["status"]?["readyReplicas"] == 1);
        Assert.Equal(0, (int?)first["status"]!["availableReplicas"] ?? 0);
        Assert.Single(test.Cluster.Pods);
        // The controller may read the clock before a step and set its timer after it: then there is one more step.
        await test.WaitForAsync(path, body =>
        {
            if (time.HasTimer(TimeSpan.FromSeconds(30)) && test.Cluster.Pods.Count == 1)
                time.Advance(TimeSpan.FromSeconds(31));
            return (int?)body["status"]!["availableReplicas"] == 1;
        });
        await test.WaitReadyAsync(kind == "sts" ? 2 : 1);
    }

    private static string? OwnerOf(JsonNode pod) => (string?)pod["metadata"]!["ownerReferences"]?[0]!["uid"];
}
