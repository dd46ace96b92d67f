using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Figures of large clusters. The diagnostic messages contain the measured times; the tests compare allocated bytes, which do not depend on
/// the machine's speed. They measure the whole process, so nothing else may run. With BERTH_FIGURES=1 the times have limits too.
/// </summary>
[Collection(nameof(FigureTests))]
public sealed class FigureTests
{
    private static readonly bool s_limitsTimes = Environment.GetEnvironmentVariable("BERTH_FIGURES") == "1";

    [Fact]
    public async Task Two_hundred_manifests_of_a_chart_cost_no_more_each_than_fifty()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        // Parts of an umbrella chart: each a ConfigMap, a Secret, a ServiceAccount, a Service and a Deployment.
        Assert.Equal(5, test.Cluster.Apply([(Parts(0, 1), "first.yaml")]).Applied);
        long few = Allocated(() => Assert.Equal(50, test.Cluster.Apply([(Parts(1, 10), "small.yaml")]).Applied));
        string chart = Parts(11, 40);
        long began = Stopwatch.GetTimestamp();

        ApplyResult? applied = null;
        long many = Allocated(() => applied = test.Cluster.Apply([(chart, "chart.yaml")]));

        TimeSpan took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.SendDiagnosticMessage(
            $"200 manifests were applied within {took.TotalMilliseconds:0} ms; {many / 200 / 1024} KB each, {few / 50 / 1024} KB of 50.");
        Assert.Equal(200, applied!.Applied);
        Assert.True(many < 2 * 4 * few, $"200 manifests took {many} bytes, and 50 took {few}.");
        if (s_limitsTimes)
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await test.WaitReadyAsync(51);
    }

    /// <summary>The server's time, from the arrival of a request until its last byte is given to the transport.</summary>
    [Fact]
    public async Task Thousand_pods_take_little_memory_and_a_list_of_them_allocates_little()
    {
        long before = Memory();
        await using TestCluster test = await TestCluster.StartAsync(nodes: 20);
        long empty = Memory();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(1000, "Parallel")));
        await test.WaitReadyAsync(1000);
        long full = Memory();
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"Live memory: {before / 1024:N0} KB before, {empty / 1024:N0} KB with a cluster, {full / 1024:N0} KB with 1,000 pods."));

        await AssertListedAsync(test, "JSON", "application/json", mostBytesOfPod: 1024);
        await AssertListedAsync(test, "table of kubectl get", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json", 4096);
        await AssertListedAsync(test, "metadata", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", 4096);

        // All that lives, not the difference: what earlier tests left behind may end between two measurements.
        Assert.InRange(full, 1, 256 * 1024 * 1024);
    }

    private static async Task AssertListedAsync(TestCluster test, string form, string accept, int mostBytesOfPod)
    {
        // No other test lists this path at this server.
        string path = string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/namespaces/k8s-example2/pods?timeoutSeconds={test.Cluster.Server.Port}");
        const int Rounds = 100;
        using ServerTimes times = new(path);
        long length = 0;
        long least = long.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            using HttpRequestMessage request = new(HttpMethod.Get, path) { Version = HttpVersion.Version11 };
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using HttpResponseMessage response = await test.Http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestCluster.Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await using CountingStream counted = new();
            await response.Content.CopyToAsync(counted, TestCluster.Token);
            length = counted.Length;
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        IReadOnlyList<double> took = await times.ReadAsync(Rounds);
        double[] sorted = [.. took.Order()];
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"A list of 1,000 pods, {form}, {length / 1024:N0} KB, time of the server: first {took[0]:0.0} ms, fastest {sorted[0]:0.0} ms, "
                + $"median {sorted[Rounds / 2]:0.0} ms, slowest {sorted[^1]:0.0} ms of {Rounds}; {least / 1024:N0} KB allocated."));
        Assert.InRange(length, 300_000, long.MaxValue);
        // A list takes time where it works for each pod and keeps nothing of the list before. Such work allocates.
        Assert.InRange(least, 0, 1000 * mostBytesOfPod);
        if (s_limitsTimes)
            Assert.InRange(sorted[0], 0, 20);
    }

    private static string Parts(int first, int count) => string.Join('\n', Enumerable.Range(first, count).Select(Part));

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static string Part(int number) => $$"""
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: part-{{number}}, namespace: k8s-example2, labels: { app.kubernetes.io/name: part } }
        data: { server.conf: "listen 80", mode: arena }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: part-{{number}}, namespace: k8s-example2 }
        stringData: { password: secret }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: part-{{number}}, namespace: k8s-example2 }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: part-{{number}}, namespace: k8s-example2 }
        spec: { selector: { app: part-{{number}} }, ports: [{ name: http, port: 80, targetPort: http }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: part-{{number}}, namespace: k8s-example2 }
        spec:
          selector: { matchLabels: { app: part-{{number}} } }
          template:
            metadata: { labels: { app: part-{{number}} } }
            spec:
              serviceAccountName: part-{{number}}
              volumes: [{ name: conf, configMap: { name: part-{{number}} } }]
              containers:
              - name: server
                image: example.com/server:1
                ports: [{ name: http, containerPort: 80 }]
                envFrom: [{ secretRef: { name: part-{{number}} } }]
                resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { memory: 32Mi } }
                readinessProbe: { httpGet: { path: /, port: http } }
                volumeMounts: [{ name: conf, mountPath: /etc/server }]
        """;

    /// <summary>Runs when nothing else does.</summary>
    [CollectionDefinition(nameof(FigureTests), DisableParallelization = true)]
    public sealed class Alone;
}
