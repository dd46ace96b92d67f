using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Clusters that come and go. BERTH_TEST_ROUNDS=100 runs the hundred; a few run always.</summary>
public sealed class RoundsTests
{
    private const string Patient = """["/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 600 & wait $!; done"]""";
    private const string NodePort = """
        apiVersion: v1
        kind: Service
        metadata: { name: outside, namespace: k8s-example2 }
        spec: { type: NodePort, selector: { app: service-b }, ports: [{ port: 3000 }] }
        """;

    [Fact]
    public async Task No_round_leaves_a_process_a_port_or_a_file_behind()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("BERTH_TEST_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        for (int i = 0; i < rounds; i++)
        {
            await RoundAsync(gently: i % 2 == 0);
        }
    }

    private static async Task RoundAsync(bool gently)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestCluster.Token);
        limit.CancelAfter(TestCluster.Patience);
        LocalCluster cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions
            {
                // Nothing else takes the port after the end.
                Port = FreePorts.Take(),
                Manifests =
                [
                    TestManifests.Namespace,
                    TestManifests.All(TestManifests.Service, NodePort, TestManifests.StatefulSet(3, "Parallel", command: Patient)),
                ],
                Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
            },
            limit.Token);
        List<int> processes = [];
        string folder = Path.GetDirectoryName(cluster.KubeconfigPath)!;
        int port = cluster.Server.Port;
        try
        {
            // Every other round ends in the middle of the start.
            IReadOnlyList<PodSummary> pods = gently ? await cluster.WaitForPodsAsync(
                all => all.Count == 3 && all.All(pod => pod.Ready), limit.Token) : cluster.Pods;
            processes.AddRange(pods.Select(pod => pod.ProcessId).OfType<int>());
        }
        finally
        {
            await cluster.DisposeAsync().AsTask().WaitAsync(limit.Token);
        }

        Assert.Equal(gently ? 3 : processes.Count, processes.Count);
        Assert.False(Directory.Exists(folder), $"{folder} is left.");
        Assert.All(processes, id => Assert.Throws<ArgumentException>(() => Process.GetProcessById(id)));
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(
            async () => await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }
}
