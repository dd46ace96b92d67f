namespace Berth.Bench.Report;

/// <summary>The rows as a Markdown table, padded so that it is also readable as plain text.</summary>
internal static class Table
{
    private static readonly string[] s_head = ["What", "Target", "Figure", "Ratio", "Peer", "Verdict"];

    public static void Write(TextWriter writer, IReadOnlyList<Row> rows)
    {
        string[][] cells = [s_head, .. rows.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, s_head.Length).Select(column => cells.Max(row => row[column].Length))];
        for (int i = 0; i < cells.Length; i++)
        {
            writer.WriteLine("| " + string.Join(" | ", cells[i].Select((cell, column) => cell.PadRight(widths[column]))) + " |");
            if (i == 0)
                writer.WriteLine("| " + string.Join(" | ", widths.Select(static width => new string('-', width))) + " |");
        }
    }

    private static string[] Cells(Row row) =>
        [row.What, row.Target, row.Figure, row.Ratio, row.Peer, row.Met switch { true => "met", false => "MISSED", null => "" }];
}
