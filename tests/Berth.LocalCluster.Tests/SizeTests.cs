namespace Berth.LocalCluster;

/// <summary>docs/decisions/0011: the room stays small, by the lines that state something, by lines of files, and by its tables.</summary>
public sealed class SizeTests
{
    private static readonly string[] s_lines = Lines("*.cs");

    [Fact]
    public void The_room_has_fewer_than_3830_lines_that_state_something() => Assert.InRange(s_lines.Count(States), 1000, 3829);

    [Fact]
    public void Its_files_have_fewer_than_6800_lines() => Assert.InRange(s_lines.Length, 1000, 6799);

    [Fact]
    public void Its_tables_have_fewer_than_310_lines() => Assert.InRange(Lines("*.txt").Length + Lines("*.json").Length, 100, 309);

    private static string[] Lines(string files) =>
        [.. Directory.GetFiles(Repository.File("src/Berth.LocalCluster"), files, SearchOption.AllDirectories).SelectMany(File.ReadLines)];

    private static bool States(string line)
    {
        string text = line.Trim();
        return text.Length > 0
            && !text.StartsWith("//", StringComparison.Ordinal)
            && !text.StartsWith("using ", StringComparison.Ordinal)
            && !text.StartsWith("namespace ", StringComparison.Ordinal)
            && !text.StartsWith('#')
            && text.Any(letter => !"{}()[];,".Contains(letter, StringComparison.Ordinal));
    }
}
