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
        // The shortest that the handler allows, on the real clock. A machine that stands still for that time loses more connections: the
        // test asks again then, and counts only that the silent one was replaced.
        KubernetesApiOptions options = new() { PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) };
        using ApiHarness harness = new(ApiHarness.Access(new Uri($"https://127.0.0.1:{relay.Port}/"), authority.Pem), options: options);
        using KubernetesResponse watch = await UntilReachedAsync(
            () => harness.Api.GetAsync("/api/v1/nodes?watch=1", TestContext.Current.CancellationToken));
        Assert.Equal(new Version(2, 0), watch.Version);

        int before = relay.Accepted;
        relay.SilenceTheseConnections();
        await Assert.ThrowsAsync<KubernetesUnreachableException>(() =>
            watch.Body.ReadAsync(new byte[1], TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));

        await UntilReachedAsync(() => harness.TextAsync("/version"));
        Assert.True(relay.Accepted > before, "Both requests took the one connection.");
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

        SocketTimer timer = await ReadTimerAsync(port, server.Address.Port);
        Assert.Equal("02", timer.Kind); // The keep-alive timer, in the words of proc(5).
        Assert.InRange(timer.Next, TimeSpan.Zero, new KubernetesApiOptions().PingDelay + TimeSpan.FromSeconds(1));
    }

    private static Task<T> UntilReachedAsync<T>(Func<Task<T>> ask)
        where T : class => Wait.ForAsync(
        "an answer",
        async _ =>
        {
            try
            {
                return await ask();
            }
            catch (KubernetesUnreachableException)
            {
                return null;
            }
        },
        TestContext.Current.CancellationToken);

    // An acknowledgement under way shows another timer for a moment, so this waits for the one it is about.
    private static Task<SocketTimer> ReadTimerAsync(int localPort, int remotePort) => Wait.ForAsync(
        "the keep-alive timer of the socket",
        async token =>
        {
            SocketTimer? found = await FindTimerAsync(localPort, remotePort, token);
            Assert.NotEqual("00", found?.Kind); // The socket has no timer at all.
            return found is { Kind: "02" } ? found : null;
        },
        TestContext.Current.CancellationToken);

    // Another program's socket may have the same local port towards another server.
    private static async Task<SocketTimer?> FindTimerAsync(int localPort, int remotePort, CancellationToken cancellationToken)
    {
        SocketTimer? found = null;
        foreach (string file in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            foreach (string line in await File.ReadAllLinesAsync(file, cancellationToken))
            {
                string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (!columns[1].EndsWith($":{localPort:X4}", StringComparison.Ordinal)
                    || !columns[2].EndsWith($":{remotePort:X4}", StringComparison.Ordinal))
                    continue;
                string[] timer = columns[5].Split(':');
                long hundredths = long.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                found = new SocketTimer(timer[0], TimeSpan.FromSeconds(hundredths / 100.0));
            }
        }

        return found;
    }

    private sealed record SocketTimer(string Kind, TimeSpan Next);
}
