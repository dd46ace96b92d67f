using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Berth.LocalCluster.Clients;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>kubectl port-forward: by kubectl itself, and by bytes that no kubectl sends.</summary>
public sealed class PortForwardTests
{
    /// <summary>A pod on the host network: the test listens at its address, 127.0.0.1.</summary>
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata: { name: p, namespace: k8s-example2 }
        spec:
          hostNetwork: true
          containers: [{ name: c, image: x }]
        """;

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Kubectl_forwards_connections_over_websockets_and_by_itself(string overWebSockets)
    {
        await using TestCluster test = await StartAsync();
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        using Process kubectl = Kubectl.Start(
            test.Cluster.KubeconfigPath,
            [new("KUBECTL_PORT_FORWARD_WEBSOCKETS", overWebSockets)],
            "port-forward", "--address", "127.0.0.1", "pod/p", $":{((IPEndPoint)server.LocalEndpoint).Port}");
        try
        {
            string line = (await kubectl.StandardOutput.ReadLineAsync(TestCluster.Token).AsTask()
                .WaitAsync(TestCluster.Patience, TestCluster.Token))!;
            int port = int.Parse(line.Split(' ')[2].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
            byte[] large = new byte[1_000_000];
            new Random(1).NextBytes(large);

            // One after the other, and two at once: each is two streams of the one tunnel.
            await EchoAsync(server, port, "hello"u8.ToArray());
            await Task.WhenAll(EchoAsync(server, port, large), EchoAsync(server, port, large));
            Assert.Equal("", await RestOfAsync(server, port));
        }
        finally
        {
            kubectl.Kill();
        }
    }

    [Fact]
    public async Task Kubectl_says_that_nothing_listens_and_goes_on()
    {
        await using TestCluster test = await StartAsync();
        int port = FreePorts.Take();
        using Process kubectl = Kubectl.Start(
            test.Cluster.KubeconfigPath, [], "port-forward", "--address", "127.0.0.1", "pod/p", $":{port}");
        try
        {
            string line = (await kubectl.StandardOutput.ReadLineAsync(TestCluster.Token))!;
            int local = int.Parse(line.Split(' ')[2].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, local, TestCluster.Token);
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], TestCluster.Token));

            string error = (await kubectl.StandardError.ReadLineAsync(TestCluster.Token))!;
            Assert.Contains(
                $"error forwarding port {port} to pod k8s-example2/p at 127.0.0.1: Connection refused", error, StringComparison.Ordinal);
        }
        finally
        {
            kubectl.Kill();
        }
    }

    [Fact]
    public async Task Each_pod_is_reached_where_its_own_process_listens()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "perl is not on this machine.");
        int port = FreePorts.Take();
        using TestFile marks = new("");
        string Listener(string name, string address, int at) => ListenerOf(name, address, at, marks.Path + name);
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["x"] = new ImageProgram("/usr/bin/perl") },
            Manifests =
            [
                TestManifests.Namespace, Listener("local", "127.0.0.1", port), Listener("own", "$(IP)", port),
                Listener("none", "$(IP)", FreePorts.Take()),
            ],
        });
        await test.WaitReadyAsync(3);
        Assert.Equal("local", await AnswerAsync(test, "local", port));
        Assert.Equal("own", await AnswerAsync(test, "own", port));

        // The listener at 127.0.0.1 is another pod's.
        Assert.Equal("", await AnswerAsync(test, "none", port));
        foreach (string name in (string[])["local", "own", "none"])
            File.Delete(marks.Path + name);
    }

    [Theory]
    [InlineData("80020001000000", "The connection ended within a frame.")]
    [InlineData("8002000100000000", "A frame of SPDY 2 came; the local cluster speaks version 3.1.")]
    [InlineData("8003000100FFFFFF", "A frame of 16777215 bytes came; the most is 1048576.")]
    [InlineData("8003004D00000000", "A control frame of type 77 came, which a client does not send.")]
    [InlineData("80030006000000020000", "A control frame of type 6 with 2 bytes came; it has at least 4.")]
    [InlineData(
        "800300010000000C0000000100000000000078BB",
        "The headers of a frame are not those of SPDY/3: they cannot be decompressed.")]
    [InlineData(
        "80030001000000140000000100000000000078BBE3C6A7C2FFFFFFFF",
        "The headers of a frame are not those of SPDY/3: they cannot be decompressed.")]
    public async Task Broken_frame_ends_the_tunnel_with_a_sentence(string bytes, string reason)
    {
        await using TestCluster test = await StartAsync();
        using WebSocket socket = await ConnectAsync(test);

        await socket.SendAsync(Convert.FromHexString(bytes), WebSocketMessageType.Binary, true, TestCluster.Token);
        if (reason.StartsWith("The connection", StringComparison.Ordinal))
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestCluster.Token);

        byte[] received = new byte[1024];
        WebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(received, TestCluster.Token).WaitAsync(TestCluster.Patience, TestCluster.Token);
        }
        while (result.MessageType != WebSocketMessageType.Close);
        Assert.Equal((WebSocketCloseStatus.ProtocolError, reason), (socket.CloseStatus, socket.CloseStatusDescription));

        // The next tunnel works.
        using WebSocket next = await ConnectAsync(test);
        await next.SendAsync(Convert.FromHexString("800300060000000400000007"), WebSocketMessageType.Binary, true, TestCluster.Token);
        WebSocketReceiveResult ping = await next.ReceiveAsync(received, TestCluster.Token);
        Assert.Equal("800300060000000400000007", Convert.ToHexString(received, 0, ping.Count));
    }

    [Fact]
    public async Task Random_frames_never_bring_the_cluster_down()
    {
        await using TestCluster test = await StartAsync();
        Random random = new(7);
        for (int i = 0; i < 40; i++)
        {
            using WebSocket socket = await ConnectAsync(test);
            byte[] frames = new byte[200];
            random.NextBytes(frames);
            for (int at = 0; at < frames.Length; at += 20)
            {
                BinaryPrimitives.WriteUInt32BigEndian(frames.AsSpan(at), 0x80030000u | (uint)random.Next(10));
                BinaryPrimitives.WriteUInt32BigEndian(frames.AsSpan(at + 4), (uint)random.Next(32));
            }

            await socket.SendAsync(frames, WebSocketMessageType.Binary, true, TestCluster.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestCluster.Token);
            byte[] received = new byte[1024];
            while (socket.State is WebSocketState.CloseSent)
                await socket.ReceiveAsync(received, TestCluster.Token).WaitAsync(TestCluster.Patience, TestCluster.Token);
        }

        Assert.Equal(HttpStatusCode.OK, (await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/p")).Status);
    }

    [Fact]
    public async Task Client_without_a_tunnel_is_told_what_works()
    {
        await using TestCluster test = await StartAsync();

        (HttpStatusCode status, System.Text.Json.Nodes.JsonNode refusal) =
            await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/p/portforward");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("SPDY/3.1+portforward.k8s.io", (string?)refusal["message"], StringComparison.Ordinal);
    }

    private static async Task<TestCluster> StartAsync()
    {
        TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Pod);
        await test.WaitReadyAsync(1);
        return test;
    }

    /// <summary>A pod that says its name to each connection. Its process is a child of the container's first one.</summary>
    private static string ListenerOf(string name, string address, int port, string mark)
    {
        const string script = "$s=IO::Socket::INET->new(LocalAddr=>$ARGV[0],LocalPort=>$ARGV[1],Listen=>5) or die; "
            + "open(F,chr(62),$ARGV[3]);close F;while($c=$s->accept){print $c $ARGV[2];close $c}";
        return $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}}, namespace: k8s-example2 }
            spec:
              containers:
              - name: c
                image: x
                command: [/bin/sh, -c, "/usr/bin/perl -MIO::Socket::INET -e '{{script}}' $0 $1 $2 $3 & wait"]
                args: ["{{address}}", "{{port}}", {{name}}, "{{mark}}"]
                env: [{ name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]
                readinessProbe: { exec: { command: [/usr/bin/test, -e, "{{mark}}"] } }
            """;
    }

    private static async Task<string> AnswerAsync(TestCluster test, string pod, int port)
    {
        using Process kubectl = Kubectl.Start(
            test.Cluster.KubeconfigPath, [], "port-forward", "--address", "127.0.0.1", "pod/" + pod, $":{port}");
        try
        {
            string line = (await kubectl.StandardOutput.ReadLineAsync(TestCluster.Token).AsTask()
                .WaitAsync(TestCluster.Patience, TestCluster.Token))!;
            using TcpClient client = new();
            int local = int.Parse(line.Split(' ')[2].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
            await client.ConnectAsync(IPAddress.Loopback, local, TestCluster.Token);
            using StreamReader reader = new(client.GetStream());
            return await reader.ReadToEndAsync(TestCluster.Token).WaitAsync(TestCluster.Patience, TestCluster.Token);
        }
        finally
        {
            kubectl.Kill();
        }
    }

    /// <summary>Sends bytes through the tunnel to the server, which sends them back, and ends both directions.</summary>
    private static async Task EchoAsync(TcpListener server, int port, byte[] sent)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestCluster.Token);
        using TcpClient peer = await server.AcceptTcpClientAsync(TestCluster.Token);
        Task echo = peer.GetStream().CopyToAsync(peer.GetStream(), TestCluster.Token);
        using MemoryStream received = new();
        Task receiving = client.GetStream().CopyToAsync(received, TestCluster.Token);
        await client.GetStream().WriteAsync(sent, TestCluster.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        await echo.WaitAsync(TestCluster.Patience, TestCluster.Token);
        peer.Client.Shutdown(SocketShutdown.Send);
        await receiving.WaitAsync(TestCluster.Patience, TestCluster.Token);
        Assert.Equal(sent, received.ToArray());
    }

    /// <summary>A server that ends at once: the client sees the end.</summary>
    private static async Task<string> RestOfAsync(TcpListener server, int port)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestCluster.Token);
        using (await server.AcceptTcpClientAsync(TestCluster.Token))
        {
        }

        byte[] buffer = new byte[16];
        int count = await client.GetStream().ReadAsync(buffer, TestCluster.Token).AsTask()
            .WaitAsync(TestCluster.Patience, TestCluster.Token);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    /// <summary>A WebSocket with kubectl's protocol, which ClientWebSocket refuses: there is a slash in it.</summary>
    private static async Task<WebSocket> ConnectAsync(TestCluster test)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, test.Http.BaseAddress!.Port, TestCluster.Token);
#pragma warning disable CA5359 // The cluster is this test's own, on the loopback interface.
        SslStream stream = new(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync("127.0.0.1").WaitAsync(TestCluster.Patience, TestCluster.Token);
        string request = "GET /api/v1/namespaces/k8s-example2/pods/p/portforward HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + $"Authorization: {test.Http.DefaultRequestHeaders.Authorization}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
            + "Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestCluster.Token);
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await stream.ReadAsync(one, TestCluster.Token));
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n", head.ToString(), StringComparison.Ordinal);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false });
    }
}
