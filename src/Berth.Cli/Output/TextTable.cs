using System.Text;

namespace Berth.Cli.Output;

/// <summary>Formats columns that are as wide as their widest cell, with two spaces between.</summary>
internal static class TextTable
{
    /// <summary>Lays out a heading and rows.</summary>
    /// <returns>A line for the heading and each row, without trailing spaces.</returns>
    public static IReadOnlyList<string> Format(IReadOnlyList<string> heading, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. heading.Select(static cell => cell.Length)];
        foreach (IReadOnlyList<string> row in rows)
        {
            for (int i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }

        return [Line(heading, widths), .. rows.Select(row => Line(row, widths))];
    }

    private static string Line(IReadOnlyList<string> cells, int[] widths)
    {
        StringBuilder line = new();
        for (int i = 0; i < widths.Length; i++)
            line.Append(i == 0 ? "" : "  ").Append(cells[i].PadRight(widths[i]));
        return line.ToString().TrimEnd();
    }
}
