using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

public sealed class WatchCountTests
{
    [Fact]
    public async Task Many_clients_get_a_change_and_are_counted_until_they_leave()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        List<EventStream> streams = [];
        for (int i = 0; i < 100; i++)
            streams.Add(await EventStream.OpenAsync(fixture));
        await Task.WhenAll(streams.Select(static s => s.ReadAsync()));
        Assert.Contains(
            $"berth_watchers{{{DispatcherFixture.OfB}}} 100\n",
            await fixture.Client.GetStringAsync("/metrics", DispatcherFixture.Cancelled), StringComparison.Ordinal);

        await fixture.PublishAsync(DispatcherFixture.Pod(1));

        (string Kind, string Id, JsonElement Data)[] events = await Task.WhenAll(streams.Select(static s => s.ReadAsync()));
        Assert.All(events, static e => Assert.Equal("changes", e.Kind));
        Assert.Single(events.Select(static e => e.Id).Distinct());
        await fixture.Server.StopAsync(DispatcherFixture.Cancelled).WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        // Every stream ends in order, not by a cut.
        foreach (EventStream stream in streams)
        {
            string? line;
            while ((line = await stream.ReadLineAsync()) is not null)
                Assert.True(line is ":" or "", line);
            stream.Dispose();
        }
    }
}
