using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Ports of this machine that lead to Services, over real sockets.</summary>
public sealed class ForwarderTests
{
    [Fact]
    public async Task A_connection_reaches_a_ready_endpoint_and_passes_over_one_that_refuses()
    {
        using TcpListener backend = new(IPAddress.Loopback, 0);
        backend.Start();
        int port = FreePorts.Take();
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            RunProcesses = false,
            Forwards = [new ServiceForward(TestCluster.Namespace, "outside", 80, port)],
            Manifests = [TestManifests.Namespace, SliceOf(((IPEndPoint)backend.LocalEndpoint).Port)],
        });

        // Two endpoints: 127.0.0.1, where the backend is, and 127.0.9.9, where nothing listens.
        for (int i = 0; i < 4; i++)
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port, TestCluster.Token);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync("hello"u8.ToArray(), TestCluster.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            using TcpClient served = await backend.AcceptTcpClientAsync(TestCluster.Token);
            using StreamReader reader = new(served.GetStream(), leaveOpen: true);
            Assert.Equal("hello", await reader.ReadToEndAsync(TestCluster.Token));
            await served.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"answer {i}"), TestCluster.Token);
            served.Close();
            using StreamReader answer = new(stream);
            Assert.Equal($"answer {i}", await answer.ReadToEndAsync(TestCluster.Token));
        }
    }

    [Fact]
    public async Task Datagrams_of_a_sender_reach_one_endpoint_and_are_answered()
    {
        using UdpClient backend = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port;
        using (TcpListener holder = HoldNodePort())
            port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            Manifests = [TestManifests.Namespace, $$"""
                apiVersion: v1
                kind: Service
                metadata: { name: media, namespace: k8s-example2 }
                spec: { type: NodePort, ports: [{ name: rtp, protocol: UDP, port: 80, nodePort: {{port}} }] }
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: { name: media, namespace: k8s-example2, labels: { kubernetes.io/service-name: media } }
                addressType: IPv4
                ports: [{ name: rtp, protocol: UDP, port: {{((IPEndPoint)backend.Client.LocalEndPoint!).Port}} }]
                endpoints: [{ addresses: [127.0.0.1], conditions: { ready: true } }]
                """],
        });
        using UdpClient one = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient two = new(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (UdpClient client in new[] { one, two })
            client.Connect(IPAddress.Loopback, port);

        for (int round = 0; round < 3; round++)
        {
            foreach ((int index, UdpClient client) in new[] { one, two }.Index())
            {
                string text = $"{index} {round}";
                UdpReceiveResult asked = await AskAsync(client, backend, text);
                await backend.SendAsync(Encoding.ASCII.GetBytes($"answer {text}"), asked.RemoteEndPoint, TestCluster.Token);
                Assert.Equal($"answer {text}", Encoding.ASCII.GetString((await client.ReceiveAsync(TestCluster.Token)).Buffer));
            }
        }
    }

    /// <summary>Sends a text until the port is open: before that, the sender's socket hears that it is refused.</summary>
    private static async Task<UdpReceiveResult> AskAsync(UdpClient client, UdpClient backend, string text)
    {
        Task<UdpReceiveResult> arrived = backend.ReceiveAsync(TestCluster.Token).AsTask();
        while (true)
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(TestCluster.Token);
            Task refused = Task.CompletedTask;
            try
            {
                await client.SendAsync(Encoding.ASCII.GetBytes(text), TestCluster.Token);
                refused = client.ReceiveAsync(over.Token).AsTask();
            }
            catch (SocketException)
            {
                // The one before was refused.
            }

            bool isThere = await Task.WhenAny(arrived, refused) == arrived;
            await over.CancelAsync();
            await refused.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!isThere)
                continue;
            UdpReceiveResult result = await arrived;
            Assert.Equal(text, Encoding.ASCII.GetString(result.Buffer));
            return result;
        }
    }

    [Fact]
    public async Task Port_in_use_is_reported_and_stops_nothing()
    {
        using TcpListener holder = HoldNodePort();
        int port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions { Manifests = [TestManifests.Namespace] });
        test.Cluster.Apply($$"""
            apiVersion: v1
            kind: Service
            metadata: { name: outside, namespace: k8s-example2 }
            spec: { type: NodePort, ports: [{ port: 80, nodePort: {{port}} }] }
            """);
        JsonNode events = await test.WaitForAsync("/api/v1/namespaces/k8s-example2/events", list => list["items"]!.AsArray().Count > 0);
        Assert.Equal("PortNotAvailable", (string?)events["items"]![0]!["reason"]);
        Assert.StartsWith(
            $"Service k8s-example2/outside: port 127.0.0.1:{port} (", Assert.Single(test.Cluster.NotEnforced), StringComparison.Ordinal);
    }

    /// <summary>Listens on whichever node port is free: they have a range of their own.</summary>
    private static TcpListener HoldNodePort()
    {
        for (int port = 32767; ; port--)
        {
            TcpListener listener = new(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException) when (port > 30000)
            {
                listener.Dispose();
            }
        }
    }

    private static string SliceOf(int port) => $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: outside, namespace: k8s-example2 }
        spec: { ports: [{ port: 80 }] }
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: { name: outside, namespace: k8s-example2, labels: { kubernetes.io/service-name: outside } }
        addressType: IPv4
        ports: [{ name: "", port: {{port}}, protocol: TCP }]
        endpoints:
        - { addresses: [127.0.9.9], conditions: { ready: true } }
        - { addresses: [127.0.0.1] }
        - { addresses: [127.0.9.8], conditions: { ready: false } }
        """;
}
