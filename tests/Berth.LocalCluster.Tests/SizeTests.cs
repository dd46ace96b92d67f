namespace Berth.LocalCluster;

/// <summary>docs/decisions/0011: the room stays small, by the lines that state something and by lines of files.</summary>
public sealed class SizeTests
{
    private static readonly string[] s_lines =
        [.. Directory.GetFiles(Repository.File("src/Berth.LocalCluster"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines)];

    [Fact]
    public void The_room_has_fewer_than_3850_lines_that_state_something() => Assert.InRange(s_lines.Count(States), 1000, 3849);

    [Fact]
    public void Its_files_have_fewer_than_6950_lines() => Assert.InRange(s_lines.Length, 1000, 6949);

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
