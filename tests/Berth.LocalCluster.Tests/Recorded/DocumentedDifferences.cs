using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Recorded;

/// <summary>The table of differences in docs/local-cluster.md: recordings, field (with * for any), which difference, why.</summary>
internal sealed class DocumentedDifferences
{
    private readonly List<(string Line, string[] Recordings, Regex Field, string Kind)> rows = [];
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Unused => [.. rows.Select(row => row.Line).Where(line => !used.Contains(line))];

    public static DocumentedDifferences Read()
    {
        DocumentedDifferences result = new();
        foreach (string line in File.ReadAllLines(Repository.File("docs/local-cluster.md")))
        {
            string[] cells = [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
            if (line.StartsWith('|')
                && cells.Length == 4
                && cells[2] is FieldComparison.NotHere or FieldComparison.OnlyHere or FieldComparison.OtherValue)
            {
                Assert.True(cells[3].Length > 10, $"A difference without its reason: {line}");
                string pattern = "^" + Regex.Escape(cells[1].Trim('`')).Replace(@"\*", ".*", StringComparison.Ordinal) + "$";
                List<string> recordings = [.. cells[0].Split(',').Select(name => name.Trim())];
                Regex field = new(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
                result.rows.Add((line, [.. recordings], field, cells[2]));
            }
        }

        Assert.NotEmpty(result.rows);
        return result;
    }

    public bool Explain(string recording, string path, string kind)
    {
        List<string> lines = [.. rows
            .Where(row => row.Kind == kind && row.Field.IsMatch(path))
            .Where(row => row.Recordings.Contains("all") || row.Recordings.Contains(recording))
            .Select(row => row.Line)];
        used.UnionWith(lines);
        return lines.Count > 0;
    }
}
