using System.Globalization;
using Berth.Cli.Output;

namespace Berth.Cli.Up;

/// <summary>Lays out the text of the terminal: the table, and below it the message, cut to the terminal's size.</summary>
internal static class Frame
{
    /// <summary>The smallest useful table: a heading, two pods, and the number of other pods.</summary>
    private const int MinTableRows = 4;

    private static readonly Column s_pod = new("POD", static pod => pod.Name);
    private static readonly Column s_address = new("ADDRESS", static pod => pod.Address);
    private static readonly Column s_state = new("STATE", static pod => pod.State);
    private static readonly Column s_seats = new("SEATS", static pod => pod.Seats ?? "-");
    private static readonly Column s_restarts = new("RESTARTS", static pod => pod.Restarts.ToString(CultureInfo.InvariantCulture));
    private static readonly Column s_node = new("NODE", static pod => pod.Node);

    /// <summary>The columns to show, from all to the most important ones. The first set that fits is used.</summary>
    private static readonly Column[][] s_columns =
        [[s_pod, s_address, s_state, s_restarts, s_node], [s_pod, s_address, s_state, s_restarts], [s_pod, s_address, s_state],
            [s_pod, s_state]];

    private static readonly Column[][] s_columnsWithSeats =
        [[s_pod, s_address, s_state, s_seats, s_restarts, s_node], [s_pod, s_address, s_state, s_seats, s_restarts],
            [s_pod, s_address, s_state, s_seats], [s_pod, s_state, s_seats], [s_pod, s_state]];

    /// <summary>Lays out a frame that is never higher than the terminal, minus the row of the cursor.</summary>
    /// <returns>
    /// The lines, and the number of terminal rows that they take. The table is cut to the width. A longer message wraps, so that a command
    /// in it can still be copied.
    /// </returns>
    public static (IReadOnlyList<string> Lines, int Rows) Lay(
        IReadOnlyList<PodRow> pods, IReadOnlyList<string> message, int width, int height, bool colour)
    {
        int room = Math.Max(height - 1, 1);
        int below = message.Count == 0 ? 0 : 1 + message.Sum(line => RowsOf(line, width));
        if (room - below < MinTableRows)
        {
            message = [.. message.Select(line => CellWidth.Cut(line, width))];
            below = Math.Min(message.Count, Math.Max(room - MinTableRows, 0));
            message = [.. message.Take(below)];
        }
        else if (below > 0)
        {
            message = ["", .. message];
        }

        List<string> table = LayTable(pods, width, room - below, colour);
        return ([.. table, .. message], table.Count + below);
    }

    private static List<string> LayTable(IReadOnlyList<PodRow> pods, int width, int room, bool colour)
    {
        // If there is no room for all pods, those that need attention come first.
        int rows = Math.Max(room - 1, 0);
        bool all = pods.Count <= rows;
        IReadOnlyList<PodRow> shown = all ? pods : [.. pods.OrderBy(static pod => pod.IsReady).Take(Math.Max(rows - 1, 0))];
        Column[][] choices = pods.Any(static pod => pod.Seats is not null) ? s_columnsWithSeats : s_columns;
        IReadOnlyList<string> table = choices.Select(columns => Format(columns, shown)).FirstOrDefault(
            lines => lines.All(line => line.Length <= width)) ?? Format(choices[^1], shown);
        List<string> lines = [Decorate(CellWidth.Cut(table[0], width), Ansi.Bold, colour)];
        for (int i = 0; i < shown.Count; i++)
            lines.Add(Decorate(CellWidth.Cut(table[i + 1], width), shown[i].IsReady ? Ansi.Green : Ansi.Yellow, colour));
        if (!all)
            lines.Add(CellWidth.Cut(Summarise(pods, shown.Count), width));
        return lines.Count <= room ? lines : lines.GetRange(0, room);
    }

    private static IReadOnlyList<string> Format(Column[] columns, IReadOnlyList<PodRow> pods) =>
        TextTable.Format(
            [.. columns.Select(static column => column.Heading)],
            [.. pods.Select(pod => columns.Select(column => column.Cell(pod)).ToList())]);

    private static string Summarise(IReadOnlyList<PodRow> pods, int shown) =>
        $"... and {pods.Count - shown} more; of all {pods.Count}: " +
        string.Join(
            ", ",
            pods.GroupBy(static pod => pod.State, StringComparer.Ordinal)
                .OrderByDescending(static group => group.Count()).Select(static group => $"{group.Count()} {group.Key}"));

    private static int RowsOf(string line, int width) => width < 1 ? 1 : Math.Max((CellWidth.Of(line) + width - 1) / width, 1);

    private static string Decorate(string line, Func<string, string> colours, bool colour) => colour ? colours(line) : line;

    private sealed record Column(string Heading, Func<PodRow, string> Cell);
}
