using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.LocalCluster.Tunnels;
using Berth.TestKit;

namespace Berth.LocalCluster.Api;

/// <summary>Streams of kubectl port-forward without a kubectl.</summary>
public sealed class PortForwardingTests
{
    [Fact]
    public async Task Connection_that_is_not_made_within_30_s_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a listener whose queue is full refuses connections.");
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        // It fills the queue, so the next connection has no answer.
        using TcpClient waiting = new();
        await waiting.ConnectAsync(IPAddress.Loopback, port, TestCluster.Token);
        TestClock time = new();
        using MemoryStream sent = new();
        using SpdyConnection connection = new(sent, static (_, _) => Task.CompletedTask);
        PortForwarding forwarding = new("k8s-example2/p", static _ => IPAddress.Loopback, time, TestCluster.Token);

        Task errors = forwarding.ServeAsync(connection, NewStream(1, "error"));
        Task data = forwarding.ServeAsync(connection, NewStream(3, "data"));
        await time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), TestCluster.Token);
        time.Advance(TimeSpan.FromSeconds(30));

        await Task.WhenAll(errors, data).WaitAsync(Wait.Limit, TestCluster.Token);
        Assert.Contains(
            $"error forwarding port {port} to pod k8s-example2/p at 127.0.0.1: The operation has timed out.",
            Encoding.UTF8.GetString(sent.ToArray()),
            StringComparison.Ordinal);

        TunnelStream NewStream(uint id, string type) => new(id, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["requestID"] = "0",
            ["streamType"] = type,
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
        });
    }
}
