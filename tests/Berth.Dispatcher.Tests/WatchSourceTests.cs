using System.Text.RegularExpressions;

namespace Berth.Dispatcher.Tests;

/// <summary>The <c>source</c> events of a watch that asks for them.</summary>
public sealed partial class WatchSourceTests
{
    [Fact]
    public async Task Source_follows_each_event_and_each_beat_and_has_no_id()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        fixture.Time.Advance(TimeSpan.FromSeconds(7));
        using RawStream stream = await RawStream.OpenAsync(fixture, query: "?source");

        await stream.ReadUntilAsync("\"ageSeconds\":7,");
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        await stream.ReadUntilAsync("\"ageSeconds\":0,");
        fixture.Time.Advance(TimeSpan.FromSeconds(15));
        await stream.ReadUntilAsync("\"ageSeconds\":15,");

        string body = RawStream.Join(stream.Body).Data;
        string[] blocks = [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        Assert.Equal(
            ["snapshot", "mark", "source", "changes", "mark", "source", ":", "source"],
            blocks.Select(static b => b.StartsWith(':') ? ":" : b.Split('\n')[0]["event: ".Length..]));
        string epoch = Epoch().Match(body).Groups[1].Value;
        Assert.Equal(
            $"event: source\ndata: {{\"state\":\"{epoch}-2-live\",\"ageSeconds\":15,\"dispatchers\":[\"{epoch}\"],\"reason\":null}}",
            blocks[^1]);
    }

    [Fact]
    public async Task Before_the_first_list_the_source_tells_what_it_waits_for()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        Task<bool> failed = fixture.View.WaitForChangeAsync(null, DispatcherFixture.Cancelled);
        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await failed;

        using RawStream stream = await RawStream.OpenAsync(fixture, query: "?source");

        await stream.ReadUntilAsync("{\"state\":null,\"ageSeconds\":null,");
        await stream.ReadUntilAsync("\"reason\":\"The cluster is away.\"}");
    }

    [GeneratedRegex("\"dispatchers\":\\[\"([0-9a-f]+)\"\\]")]
    private static partial Regex Epoch();
}
