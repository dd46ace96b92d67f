using System.Globalization;
using Berth.Kubernetes.Http;

namespace Berth.Kubernetes.Tests.Http;

public sealed class SilenceTests
{
    [Fact]
    public void A_silent_connection_is_noticed_within_45_seconds_by_default()
    {
        KubernetesApiOptions options = new();

        // The handler checks its connections after each quarter of the smaller time, so each of the two steps can be late by that quarter.
        TimeSpan late = options.PingDelay < options.PingTimeout ? options.PingDelay / 4 : options.PingTimeout / 4;
        Assert.True(options.PingDelay + options.PingTimeout + (2 * late) < TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task Watch_over_HTTP2_with_silent_peer_fails_and_connection_is_replaced()
    {
        using TestAuthority authority = new();
        await using TestServer server = await TestServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                await context.Response.Body.FlushAsync();
                if (context.Request.Path != "/version")
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            },
            authority.Server("127.0.0.1"));
        await using TcpRelay relay = new(() => server.Port);
        // The shortest that the handler allows.
        KubernetesApiOptions options = new() { PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) };
        using ApiHarness harness = new(ApiHarness.Access(new Uri($"https://127.0.0.1:{relay.Port}/"), authority.Pem), options: options);
        using KubernetesResponse watch = await harness.Api.GetAsync("/api/v1/nodes?watch=1", TestContext.Current.CancellationToken);
        Assert.Equal(new Version(2, 0), watch.Version);

        relay.SilenceTheseConnections();
        await Assert.ThrowsAsync<KubernetesUnreachableException>(() =>
            watch.Body.ReadAsync(new byte[1], TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));

        await harness.TextAsync("/version");
        Assert.Equal(2, relay.Accepted);
    }

    [Fact]
    public async Task A_connection_without_TLS_is_kept_alive_by_TCP()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The timers of a socket are read from /proc/net.");
        int port = 0;
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            port = context.Connection.RemotePort;
            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        using KubernetesResponse watch = await harness.Api.GetAsync("/api/v1/nodes?watch=1", TestContext.Current.CancellationToken);

        (string timer, TimeSpan next) = await ReadTimerAsync(port, server.Address.Port);
        Assert.Equal("02", timer); // The keep-alive timer, in the words of proc(5).
        Assert.InRange(next, TimeSpan.Zero, new KubernetesApiOptions().PingDelay + TimeSpan.FromSeconds(1));
    }

    // An acknowledgement under way shows another timer for a moment, so this waits for the one it is about. Another program's socket may
    // have the same local port towards another server.
    private static async Task<(string Timer, TimeSpan Next)> ReadTimerAsync(int localPort, int remotePort)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Wait.Limit);
        while (true)
        {
            (string Timer, TimeSpan Next)? found = null;
            foreach (string file in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
            {
                foreach (string line in await File.ReadAllLinesAsync(file, patience.Token))
                {
                    string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (!columns[1].EndsWith($":{localPort:X4}", StringComparison.Ordinal)
                        || !columns[2].EndsWith($":{remotePort:X4}", StringComparison.Ordinal))
                        continue;
                    string[] timer = columns[5].Split(':');
                    found = (
                        timer[0], TimeSpan.FromSeconds(long.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 100.0));
                }
            }

            if (found is { Timer: "02" } kept)
                return kept;
            Assert.False(found is { Timer: "00" }, "The socket has no timer at all.");
            await Task.Yield();
        }
    }
}
