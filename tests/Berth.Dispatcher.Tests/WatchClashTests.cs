using System.Text.Json;
using Berth.Dispatcher.Watching;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>Watches of targets whose ports clash with those of another target.</summary>
public sealed class WatchClashTests
{
    private const string Path = "/v1/watch/k8s-example2/service-b";

    [Fact]
    public async Task Clash_with_another_target_is_told_to_watchers_and_so_is_its_end()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using StreamReader events = await OpenAsync(fixture, Path, "text/event-stream");
        using StreamReader lines = await OpenAsync(fixture, Path, "application/jsonl");
        await ReadUntilAsync(events, "event: mark");
        await ReadUntilAsync(lines, "{\"event\":\"snapshot\"");
        // The hub's timer starts after it has reported a change.
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        await ReadUntilAsync(events, "event: changes");
        await ReadUntilAsync(lines, "{\"event\":\"changes\"");

        await PublishOtherAsync(fixture, DispatcherFixture.Pod(0, set: "service-c"));
        fixture.Time.Advance(WatchHub.Heartbeat);
        JsonElement clash = Assert.Single((await ReadEventAsync(events)).EnumerateArray());
        Assert.Equal(3000, clash.GetProperty("port").GetInt32());
        Assert.Equal(
            ["k8s-example2/service-b", "k8s-example2/service-c"],
            clash.GetProperty("claims").EnumerateArray().Select(static c => c.GetProperty("target").GetString()).Order());
        Assert.Equal(1, (await ReadLineAsync(lines)).GetArrayLength());
        // A beat without news tells nothing again: the next event is the end of the clash.
        fixture.Time.Advance(WatchHub.Heartbeat);
        await PublishOtherAsync(fixture);
        fixture.Time.Advance(WatchHub.Heartbeat);
        Assert.Equal(0, (await ReadEventAsync(events)).GetArrayLength());
        Assert.Equal(0, (await ReadLineAsync(lines)).GetArrayLength());
    }

    [Fact]
    public async Task Clash_that_is_there_follows_the_first_event_of_a_new_watch()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        await PublishOtherAsync(fixture, DispatcherFixture.Pod(0, set: "service-c"));

        using StreamReader events = await OpenAsync(fixture, Path + "?source", "text/event-stream");

        foreach (string kind in new[] { "snapshot", "mark", "source", "clashes" })
            Assert.Equal("event: " + kind, await ReadUntilAsync(events, "event: "));
    }

    private static async Task PublishOtherAsync(DispatcherFixture fixture, params PodEndpoint[] pods) =>
        await fixture.Source.PublishAsync(fixture.OtherView, pods, cancellationToken: DispatcherFixture.Cancelled);

    private static async Task<StreamReader> OpenAsync(DispatcherFixture fixture, string path, string accept)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        HttpResponseMessage response = await fixture.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        return new StreamReader(await response.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
    }

    /// <summary>The clashes of the next event, which has no id.</summary>
    private static async Task<JsonElement> ReadEventAsync(StreamReader events)
    {
        await ReadUntilAsync(events, "event: clashes");
        string data = await ReadUntilAsync(events, "");
        Assert.StartsWith("data: ", data, StringComparison.Ordinal);
        Assert.Equal("", await ReadUntilAsync(events, ""));
        return Clashes(JsonDocument.Parse(data["data: ".Length..]).RootElement);
    }

    private static async Task<JsonElement> ReadLineAsync(StreamReader lines)
    {
        using JsonDocument line = JsonDocument.Parse(await ReadUntilAsync(lines, "{\"event\":\"clashes\""));
        Assert.Equal(["event", "data"], line.RootElement.EnumerateObject().Select(static member => member.Name));
        return Clashes(line.RootElement.GetProperty("data").Clone());
    }

    private static JsonElement Clashes(JsonElement data)
    {
        Assert.Equal("k8s-example2/service-b", data.GetProperty("target").GetString());
        return data.GetProperty("portClashes");
    }

    /// <summary>Reads lines up to one with a start.</summary>
    private static async Task<string> ReadUntilAsync(StreamReader reader, string start)
    {
        while (true)
        {
            string? line = await reader.ReadLineAsync(DispatcherFixture.Cancelled).AsTask()
                .WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
            Assert.NotNull(line);
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line;
        }
    }
}
