using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Controllers;

public sealed class SchedulerTests
{
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";

    [Fact]
    public async Task A_pod_that_fits_nowhere_says_why_in_the_words_of_a_real_scheduler()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 3);
        await test.MergeAsync("/api/v1/nodes/node-0", """{"spec":{"unschedulable":true}}""");
        test.Cluster.Faults.StopNode("node-1");
        await CreateAsync(test, "first", """{"containers":[{"name":"c","image":"x","ports":[{"containerPort":80,"hostPort":80}]}]}""");
        await test.WaitAsync(pods => pods is [{ Node: "node-2" }]);
        await CreateAsync(test, "second", """{"containers":[{"name":"c","image":"x","ports":[{"containerPort":80,"hostPort":80}]}]}""");
        await CreateAsync(test, "third", """{"nodeSelector":{"x":"y"},"containers":[{"name":"c","image":"x"}]}""");
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, "
            + "1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, "
            + "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, "
            + "2 Preemption is not helpful for scheduling.",
            await ReasonAsync(test, "second"));
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
            + "1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. "
            + "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
            await ReasonAsync(test, "third"));
        foreach (string node in (string[])["node-0", "node-1", "node-2"])
            test.Cluster.Delete("node", null, node);
        await CreateAsync(test, "fourth", """{"containers":[{"name":"c","image":"x"}]}""");
        Assert.Equal("no nodes available to schedule pods", await ReasonAsync(test, "fourth"));
    }

    [Fact]
    public async Task A_taint_keeps_away_what_does_not_tolerate_it()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await test.MergeAsync(
            "/api/v1/nodes/node-0",
            """{"spec":{"taints":[{"key":"a","value":"b","effect":"NoSchedule"},{"key":"c","effect":"PreferNoSchedule"}]}}""");
        await CreateAsync(test, "no", """{"tolerations":[{"key":"a","value":"other"}],"containers":[{"name":"c","image":"x"}]}""");
        await CreateAsync(
            test,
            "yes",
            """{"tolerations":[{"key":"a","value":"b","effect":"NoSchedule"}],"containers":[{"name":"c","image":"x"}]}""");
        await CreateAsync(test, "all", """{"tolerations":[{"operator":"Exists"}],"containers":[{"name":"c","image":"x"}]}""");
        Assert.StartsWith(
            "0/1 nodes are available: 1 node(s) had untolerated taint(s). ", await ReasonAsync(test, "no"), StringComparison.Ordinal);
        await test.WaitAsync(pods => pods.Count(pod => pod.Ready) == 2 && pods.Single(pod => pod.Name == "no").Node is null);

        // The pod's own tolerations come before those of every pod. A pod that tolerates all taints gets no more.
        JsonNode yes = (await test.GetAsync(Pods + "/yes")).Body;
        Assert.Equal(
            "a node.kubernetes.io/not-ready node.kubernetes.io/unreachable",
            string.Join(' ', yes["spec"]!["tolerations"]!.AsArray().Select(item => item!["key"])));
        Assert.Single((await test.GetAsync(Pods + "/all")).Body["spec"]!["tolerations"]!.AsArray());
    }

    private static Task CreateAsync(TestCluster test, string name, string spec) => test.SendAsync(
        HttpMethod.Post, Pods, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""");

    private static async Task<string?> ReasonAsync(TestCluster test, string name)
    {
        JsonNode pod = await test.WaitForAsync($"{Pods}/{name}", body => body["status"]?["conditions"] is not null);
        return (string?)pod["status"]!["conditions"]![0]!["message"];
    }
}
