using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Figures of large clusters, with limits that a busy machine meets too. The diagnostic messages contain the measured values.
/// </summary>
public sealed class FigureTests
{
    [Fact]
    public async Task Two_hundred_manifests_of_a_chart_are_applied_in_seconds()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        // Forty parts of an umbrella chart: each a ConfigMap, a Secret, a ServiceAccount, a Service and a Deployment.
        StringBuilder manifests = new();
        for (int part = 0; part < 40; part++)
            manifests.Append(CultureInfo.InvariantCulture, $"{Part(part)}\n");
        long began = Stopwatch.GetTimestamp();

        ApplyResult applied = test.Cluster.Apply([(manifests.ToString(), "chart.yaml")]);

        TimeSpan took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.SendDiagnosticMessage($"200 manifests were applied within {took.TotalMilliseconds:0} ms.");
        Assert.Equal(200, applied.Applied);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await test.WaitReadyAsync(40);
    }

    /// <summary>The server's time, from the arrival of a request until its last byte is given to the transport.</summary>
    [Fact]
    public async Task Thousand_pods_are_listed_within_20_ms_and_take_little_memory()
    {
        long before = Memory();
        await using TestCluster test = await TestCluster.StartAsync(nodes: 20);
        long empty = Memory();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(1000, "Parallel")));
        await test.WaitReadyAsync(1000);
        long full = Memory();
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"Live memory: {(empty - before) / 1024:N0} KB without pods, {(full - empty) / 1024:N0} KB more with 1,000."));

        await AssertListedAsync(test, "JSON", "application/json");
        await AssertListedAsync(test, "table of kubectl get", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        await AssertListedAsync(test, "metadata", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

        // Other tests of this process have memory too.
        Assert.InRange(full - empty, 0, 256 * 1024 * 1024);
    }

    private static async Task AssertListedAsync(TestCluster test, string form, string accept)
    {
        // No other test lists this path at this server.
        string path = string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/namespaces/k8s-example2/pods?timeoutSeconds={test.Cluster.Server.Port}");
        const int Rounds = 100;
        using ServerTimes times = new(path);
        long length = 0;
        for (int i = 0; i < Rounds; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path) { Version = HttpVersion.Version11 };
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using HttpResponseMessage response = await test.Http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestCluster.Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await using CountingStream counted = new();
            await response.Content.CopyToAsync(counted, TestCluster.Token);
            length = counted.Length;
        }

        IReadOnlyList<double> took = await times.ReadAsync(Rounds);
        double[] sorted = [.. took.Order()];
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"A list of 1,000 pods, {form}, {length / 1024:N0} KB, time of the server: first {took[0]:0.0} ms, fastest {sorted[0]:0.0} ms, "
                + $"median {sorted[Rounds / 2]:0.0} ms, slowest {sorted[^1]:0.0} ms of {Rounds}."));
        Assert.InRange(length, 300_000, long.MaxValue);
        Assert.InRange(sorted[0], 0, 20);
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
}
