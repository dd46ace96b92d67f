using System.Net;
using Berth.Dispatcher.State;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests;

public sealed class ClashLogTests
{
    [Fact]
    public async Task A_clash_is_logged_once_and_so_is_its_end()
    {
        FakeTimeProvider time = new();
        RecordingLogger logger = new();
        IReadOnlyList<PortClash> now = [];
        await using ClashLog log = new(() => now, time, logger);

        now = [Clash(3000)];
        time.Advance(ClashLog.Period);
        await logger.WaitForAsync("a-0 of games/a", DispatcherFixture.Cancelled);
        // Another list with the same clash says nothing new.
        now = [Clash(3000)];
        time.Advance(ClashLog.Period);
        now = [];
        time.Advance(ClashLog.Period);
        await logger.WaitForAsync("no port is claimed twice", DispatcherFixture.Cancelled);
        Assert.Equal(2, logger.Texts.Count(static text => text.Contains("Port clash", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_search_that_fails_is_logged_and_repeated()
    {
        FakeTimeProvider time = new();
        RecordingLogger logger = new();
        bool isBroken = true;
        await using ClashLog log = new(() => isBroken ? throw new InvalidOperationException("broken") : [Clash(3000)], time, logger);

        time.Advance(ClashLog.Period);
        await logger.WaitForAsync("The search for port clashes failed. It runs again in 5 s.", DispatcherFixture.Cancelled);
        isBroken = false;
        time.Advance(ClashLog.Period);
        await logger.WaitForAsync("a-0 of games/a", DispatcherFixture.Cancelled);
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_end_the_searches()
    {
        FakeTimeProvider time = new();
        ThrowingLogger broken = new();
        using SemaphoreSlim searched = new(0);
        await using ClashLog log = new(
            () =>
            {
                searched.Release();
                throw new InvalidOperationException("broken");
            },
            time, broken);
        for (int i = 0; i < 3; i++)
        {
            time.Advance(ClashLog.Period);
            Assert.True(await searched.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled));
        }

        await log.DisposeAsync();
        Assert.Equal(3, broken.Calls);
    }

    private static PortClash Clash(int port) => new(
        IPAddress.Parse("10.0.0.1"), port, "TCP",
        [new PortClaim(new ServiceTarget("games", "a"), "a-0"), new PortClaim(new ServiceTarget("games", "b"), "b-0")]);
}
