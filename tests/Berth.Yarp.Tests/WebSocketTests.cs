using System.Net.WebSockets;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Yarp;

/// <summary>WebSockets to named pods, through a real proxy.</summary>
public sealed class WebSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(300);

    private readonly YarpFixture _yarp = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _yarp.DisposeAsync();

    [Fact]
    public async Task A_session_goes_to_the_pod_that_its_path_names()
    {
        await StartAsync(3, null);
        (ClientWebSocket socket, string name) = await _yarp.ConnectAsync("/b/pods/service-b-2/game");
        using (socket)
        {
            Assert.Equal("service-b-2", name);
            Assert.Equal("hello", await YarpFixture.EchoAsync(socket, "hello"));
        }
    }

    [Fact]
    public async Task A_session_with_a_missing_pod_is_refused_with_503()
    {
        await StartAsync(1, null);
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => _yarp.ConnectAsync("/b/pods/7/game"));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_outlives_its_pod_in_the_list()
    {
        await StartAsync(1, null);
        (ClientWebSocket socket, _) = await _yarp.ConnectAsync("/b/pods/0/game");
        using (socket)
        {
            await _yarp.PublishAsync();
            await _yarp.UntilAsync("/b/pods/0/x", "503");
            Assert.Equal("still here", await YarpFixture.EchoAsync(socket, "still here"));
        }
    }

    [Fact]
    public async Task An_idle_session_outlives_the_activity_timeout_of_requests()
    {
        // The timeout of the cluster ends a silent request, but no session beside it.
        await StartAsync(1, s_short);
        (ClientWebSocket socket, _) = await _yarp.ConnectAsync("/b/pods/0/game");
        using (socket)
        {
            for (int i = 0; i < 3; i++)
                Assert.StartsWith("504", await _yarp.GetAsync("/b/pods/0/wait"), StringComparison.Ordinal);
            Assert.Equal("still here", await YarpFixture.EchoAsync(socket, "still here"));
        }
    }

    [Fact]
    public async Task An_idle_session_ends_at_its_own_timeout()
    {
        await StartAsync(1, null, new BerthYarpOptions { WebSocketIdleTimeout = s_short });

        // The proxy counts on the real clock. On a slow machine the session can end before the pod has said its name, or even while it
        // opens (504): that is the same end.
        WebSocketException ended = await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            (ClientWebSocket socket, _) = await _yarp.ConnectAsync("/b/pods/0/game");
            using (socket)
                await YarpFixture.ReceiveAsync(socket);
        });
        Assert.True(
            ended.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely
                || ended.Message.Contains("504", StringComparison.Ordinal),
            ended.ToString());
    }

    private async Task StartAsync(int count, TimeSpan? activityTimeout, BerthYarpOptions? options = null)
    {
        await _yarp.StartSetAsync(count);
        ClusterConfig cluster = YarpFixture.Cluster(affinity: YarpFixture.Affinity());
        await _yarp.StartProxyAsync(
            [cluster with { HttpRequest = new ForwarderRequestConfig { ActivityTimeout = activityTimeout } }], options: options);
    }
}
