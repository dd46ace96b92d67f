namespace Berth.LocalCluster;

/// <summary>docs/decisions/0011: the room stays small, by the lines that state something.</summary>
public sealed class SizeTests
{
    [Fact]
    public void The_room_has_fewer_than_4000_lines_that_state_something()
    {
        string[] files = Directory.GetFiles(Repository.File("src/Berth.LocalCluster"), "*.cs", SearchOption.AllDirectories);
        int count = files.SelectMany(File.ReadLines).Count(States);
        Assert.InRange(count, 1000, 3999);
    }

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
