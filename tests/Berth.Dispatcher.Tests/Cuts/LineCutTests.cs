namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>
/// A watch in JSON Lines that is cut at any byte, and ids that are cut. A client that comes back with the id it holds never misses a
/// change, however it reads lines, and never holds an id whose event it did not get.
/// </summary>
public sealed class LineCutTests
{
    [Theory]
    [InlineData(LineReading.Whole)]
    [InlineData(LineReading.Rest)]
    [InlineData(LineReading.Id)]
    public async Task Lines_cut_at_any_byte_miss_no_change(LineReading reading)
    {
        await using CutRecording recording = await CutRecording.CreateAsync(inLines: true);
        (IReadOnlyList<CutEvent> all, _) = LineCuts.Parse(recording.Body, LineReading.Whole);
        Assert.Equal(["snapshot", "changes"], all.Select(static e => e.Kind));
        HashSet<string> ids = [];
        for (int cut = 0; cut <= recording.Body.Length; cut++)
        {
            (IReadOnlyList<CutEvent> events, string id) = LineCuts.Parse(recording.Body[..cut], reading);
            Assert.Equal(events.Count, id.Length == 0 ? 0 : id.EndsWith("-1-live", StringComparison.Ordinal) ? 1 : 2);
            Assert.Equal(all.Take(events.Count), events);
            ids.Add(id);
            await recording.AssertResumesAsync(cut, events, id);
        }

        // None, and one of each line.
        Assert.Equal(3, ids.Count);
    }

    [Fact]
    public async Task Every_line_ends_with_its_id()
    {
        await using CutRecording recording = await CutRecording.CreateAsync(inLines: true);
        string[] lines = System.Text.Encoding.UTF8.GetString(recording.Body).Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal(3, lines.Length);
        Assert.All(lines[..2], static line => Assert.Matches("^{\"event\":\"[a-z]+\",\"data\":{.*},\"id\":\"[^\"]+-[12]-live\"}$", line));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Id_cut_at_any_byte_gets_the_whole_snapshot(bool inLines)
    {
        await using CutRecording recording = await CutRecording.CreateAsync(inLines);
        string id = (inLines ? LineCuts.Parse(recording.Body, LineReading.Whole) : CutRecording.Parse(recording.Body)).Id;
        Assert.Equal("changes", (await recording.ResumeAsync(id))[0].Kind);
        for (int length = 0; length < id.Length; length++)
        {
            Assert.Equal("snapshot", (await recording.ResumeAsync(id[..length]))[0].Kind);
            Assert.Equal("snapshot", (await recording.ResumeAsync(id + id[..(length + 1)]))[0].Kind);
        }
    }
}
