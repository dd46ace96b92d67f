using System.Text;
using System.Text.Json;

namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>
/// A watch that is cut at any byte, read by the parsers that clients use. A client that reconnects with its id never misses a change.
/// </summary>
public sealed class CutTests
{
    [Fact]
    public async Task DotNet_parser_cut_at_any_byte_misses_no_change()
    {
        await using CutRecording recording = await CutRecording.CreateAsync();
        HashSet<string> ids = [];
        for (int cut = 0; cut <= recording.Body.Length; cut++)
        {
            (IReadOnlyList<CutEvent> events, string id) = CutRecording.Parse(recording.Body[..cut]);
            ids.Add(id);
            await recording.AssertResumesAsync(cut, events, id);
        }

        // None, and two of each event.
        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public async Task Node_parser_cut_at_any_byte_misses_no_change()
    {
        string modules = NodeCuts.FindModules();
        await using CutRecording recording = await CutRecording.CreateAsync();
        await AssertAllAsync(recording, await NodeCuts.RunAsync(modules, recording.Body));
    }

    [Fact]
    public async Task Browser_cut_at_any_byte_misses_no_change()
    {
        string browser = BrowserCuts.FindBrowser();
        await using CutRecording recording = await CutRecording.CreateAsync();
        await AssertAllAsync(recording, await BrowserCuts.RunAsync(browser, recording.Body));
    }

    [Fact]
    public async Task Every_event_ends_with_its_id_and_nothing_else_has_one()
    {
        await using CutRecording recording = await CutRecording.CreateAsync();
        string[] blocks = Encoding.UTF8.GetString(recording.Body).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("retry: 2000", blocks[0]);
        Assert.Equal(5, blocks.Length);
        foreach (string block in blocks[1..])
        {
            string[] fields = [.. block.Split('\n').Select(static line => line.Split(':')[0])];
            Assert.Equal(["event", "data", "id"], fields);
        }
    }

    [Fact]
    public async Task Id_of_the_event_itself_gets_the_whole_snapshot()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        string proof;
        using (EventStream first = await EventStream.OpenAsync(fixture))
            proof = (await first.ReadAsync()).Id;

        using EventStream again = await EventStream.OpenAsync(fixture, proof + "-sent");

        Assert.Equal("snapshot", (await again.ReadAsync()).Kind);
    }

    private static async Task AssertAllAsync(CutRecording recording, IReadOnlyList<Cut> cuts)
    {
        Assert.Equal(recording.Body.Length + 1, cuts.Count);
        foreach (Cut cut in cuts)
            await recording.AssertResumesAsync(cut.At, cut.Events, cut.Id);
        // The last cut is the whole recording: all of it was understood.
        Assert.Equal(["snapshot", "mark", "changes", "mark"], cuts[^1].Events.Select(static e => e.Kind));
        Assert.EndsWith("-2-live", cuts[^1].Id, StringComparison.Ordinal);
    }

    /// <summary>The outcome of one cut.</summary>
    /// <param name="At">The count of bytes that arrived.</param>
    /// <param name="Id">The id that the client has, or null.</param>
    /// <param name="Events">The events that it got.</param>
    internal sealed record Cut(int At, string? Id, IReadOnlyList<CutEvent> Events)
    {
        public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    }
}
