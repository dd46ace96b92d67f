using System.Diagnostics.Metrics;
using Berth.Remote.Following;
using Berth.Remote.Transport;
using Berth.Remote.Wire;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Remote.Tests;

/// <summary>The pauses between searches for a live dispatcher, with dispatchers that accept nothing.</summary>
public sealed class LiveSearchTests
{
    [Fact]
    public async Task Search_without_a_live_dispatcher_doubles_its_pauses()
    {
        TestClock time = new();
        using Meter meter = new("Berth.Remote.Tests");
        RemoteEndpointSourceOptions options = new() { TimeProvider = time };
        using DispatcherClient client = new(options, meter, NullLogger.Instance);
        Uri[] dispatchers = [new("http://127.0.0.1:1/"), new("http://127.0.0.1:2/")];
        WatchReader reader = new(TestPods.Target, TestPods.Ports, null);
        LiveSearch search = new(new DispatcherTurns(TestPods.Target, dispatchers, client, reader, NullLogger.Instance), options);
        Assert.False(search.IsDue);
        search.Note(isStale: true);

        Assert.Equal([0, 30, 60, 120, 240, 300, 300], await PausesAsync(7));

        search.Note(isStale: true);
        Assert.False(search.IsDue);
        // Live, and stale again: the pauses start again.
        search.Note(isStale: false);
        search.Note(isStale: true);
        Assert.Equal([0, 30], await PausesAsync(2));

        async Task<List<int>> PausesAsync(int count)
        {
            List<int> pauses = [];
            while (pauses.Count < count)
            {
                int seconds = 0;
                for (; !search.IsDue && seconds < 1_000; seconds++)
                    time.Advance(TimeSpan.FromSeconds(1));
                pauses.Add(seconds);
                Assert.Null(await search.FindAsync(TestContext.Current.CancellationToken));
            }

            return pauses;
        }
    }
}
