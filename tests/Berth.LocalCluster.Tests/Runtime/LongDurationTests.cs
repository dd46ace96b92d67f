using System.Net;
using System.Text.Json.Nodes;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.LocalCluster.Runtime;

/// <summary>Durations of manifests and requests that are longer than a timer's limit of 49.7 days.</summary>
public sealed class LongDurationTests
{
    private const string Pod = "/api/v1/namespaces/k8s-example2/pods/service-b-0";
    private const string Sets = "/apis/apps/v1/namespaces/k8s-example2/statefulsets";
    private const string Set = Sets + "/service-b";
    private const string Patient = """["/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 600 & wait $!; done"]""";

    [Theory]
    [InlineData("terminationGracePeriodSeconds: 5000000", null)]
    [InlineData("terminationGracePeriodSeconds: 9223372036854775807", null)]
    [InlineData("terminationGracePeriodSeconds: 0", 5_000_000L)]
    [InlineData("terminationGracePeriodSeconds: 1", long.MaxValue)]
    public async Task Pod_with_a_long_grace_period_ends_by_itself(string field, long? asked)
    {
        using TestFolder folder = new();
        string ending = $"trap 'sleep 1; touch {folder.Root}/ended; exit 0' TERM";
        string script = $"{ending}; touch {folder.Root}/set; while true; do sleep 600 & wait $!; done";
        string probe = $$"""
            readinessProbe: { periodSeconds: 1, timeoutSeconds: 60, exec: { command: [/usr/bin/test, -e, "{{folder.Root}}/set"] } }
            """;
        string set = TestManifests.StatefulSet(1, command: $"""["/bin/sh", "-c", "{script}"]""", probe: probe)
            .Replace("terminationGracePeriodSeconds: 30", field, StringComparison.Ordinal);
        await using (TestCluster test = await StartAsync(set))
        {
            string uid = (await test.WaitReadyAsync(1))[0].Uid;
            string options = asked is null ? "{}" : $$$"""{"gracePeriodSeconds":{{{asked}}}}""";
            (HttpStatusCode status, _) = await test.SendAsync(HttpMethod.Delete, Pod, options);
            Assert.Equal(HttpStatusCode.OK, status);
            await test.WaitAsync(pods => !pods.Any(pod => pod.Uid == uid));
            Assert.True(File.Exists(folder["ended"]), "It was killed before it had ended.");
        }
    }

    [Theory]
    [InlineData("readinessProbe: { timeoutSeconds: 5000000, exec: { command: [/bin/true] } }")]
    [InlineData("readinessProbe: { timeoutSeconds: 2147483647, periodSeconds: 2147483647, exec: { command: [/bin/true] } }")]
    [InlineData(
        "startupProbe: { timeoutSeconds: 60, failureThreshold: 2147483647, periodSeconds: 2147483647, exec: { command: [/bin/true] } }")]
    public async Task Probe_with_long_times_succeeds(string probe)
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: Patient, probe: probe));
        await test.WaitReadyAsync(1);
    }

    [Theory]
    [InlineData("livenessProbe: { initialDelaySeconds: 5000000, exec: { command: [/bin/true] } }")]
    [InlineData("livenessProbe: { periodSeconds: 5000000, exec: { command: [/bin/true] } }")]
    [InlineData("startupProbe: { initialDelaySeconds: 2147483647, exec: { command: [/bin/true] } }")]
    public async Task Container_that_waits_long_for_a_probe_is_still_restarted(string probe)
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: Patient, probe: probe));
        await test.WaitAsync(pods => pods is [{ ProcessId: not null, Restarts: 0 }]);
        test.Cluster.Faults.KillPod(TestCluster.Namespace, "service-b-0");
        await test.WaitAsync(pods => pods is [{ ProcessId: not null, Restarts: 1 }]);
    }

    [Fact]
    public async Task Set_with_long_minReadySeconds_is_still_followed()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(2, "Parallel", "minReadySeconds: 2147483647"));
        await test.WaitReadyAsync(2);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 3);
        JsonNode set = await test.WaitForAsync(Set, body => (int?)body["status"]!["readyReplicas"] == 3);
        Assert.Equal(0, (int?)set["status"]!["availableReplicas"]);
    }

    [Fact]
    public async Task Pod_is_evicted_when_its_own_toleration_ends()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await TestCluster.StartAsync(
            new LocalClusterOptions { RunProcesses = false, TimeProvider = time, Manifests = [TestManifests.Namespace] });
        test.Cluster.Apply(TestManifests.All(
            Tolerating("by-default", ""),
            Tolerating("long", "tolerations: [{ operator: Exists, effect: NoExecute, tolerationSeconds: 5000000 }]"),
            Tolerating("always", "tolerations: [{ operator: Exists, effect: NoExecute }]")));
        await test.WaitReadyAsync(3);
        test.Cluster.Faults.StopNode("node-0");
        time.Advance(TimeSpan.FromSeconds(301));
        await test.WaitAsync(pods => Leaving(pods) == "by-default");
        time.Advance(TimeSpan.FromDays(30));
        Assert.Equal("by-default", Leaving(test.Cluster.Pods));
        time.Advance(TimeSpan.FromDays(30));
        await test.WaitAsync(pods => Leaving(pods) == "by-default long");

        static string Leaving(IEnumerable<PodSummary> pods) => string.Join(' ', pods.Where(pod => pod.Terminating).Select(pod => pod.Name));
    }

    [Theory]
    [InlineData("sinceSeconds=9223372036854775807")]
    [InlineData("tailLines=9223372036854775807")]
    [InlineData("limitBytes=9223372036854775807")]
    public async Task Log_with_a_huge_limit_is_whole(string query)
    {
        await using TestCluster test = await StartAsync(
            TestManifests.StatefulSet(1, command: """["/bin/sh", "-c", "echo here; exec sleep 600"]"""));
        await test.WaitReadyAsync(1);
        using HttpRequestMessage request = new(HttpMethod.Get, $"{Pod}/log?follow=true&{query}");
        using HttpResponseMessage response = await test.Http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestCluster.Token);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestCluster.Token));
        Assert.Equal("here", await reader.ReadLineAsync(TestCluster.Token));
    }

    [Theory]
    [InlineData("minReadySeconds", "2147483648")]
    [InlineData("replicas", "99999999999")]
    [InlineData("revisionHistoryLimit", "1.5")]
    public async Task Number_that_an_int32_cannot_hold_is_refused(string field, string number)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode answer) = await test.SendAsync(
            HttpMethod.Post, Sets, $$$"""{"metadata":{"name":"x"},"spec":{"{{{field}}}":{{{number}}}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.EndsWith(
            $"json: cannot unmarshal number {number} into Go struct field StatefulSetSpec.spec.{field} of type int32",
            (string)answer["message"]!,
            StringComparison.Ordinal);
    }

    private static string Tolerating(string name, string tolerations) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, namespace: k8s-example2 }
        spec:
          containers: [{ name: c, image: any }]
          {{tolerations}}
        """;

    private static Task<TestCluster> StartAsync(string set) => TestCluster.StartAsync(new LocalClusterOptions
    {
        Manifests = [TestManifests.All(TestManifests.Namespace, TestManifests.Service, set)],
        Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
    });
}
