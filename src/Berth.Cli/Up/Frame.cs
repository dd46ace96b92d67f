using System.Globalization;
using Berth.Cli.Output;

namespace Berth.Cli.Up;

/// <summary>Lays out what the terminal shows: the table, and below it the message, cut to the terminal's size.</summary>
internal static class Frame
{
    /// <summary>Heading, two pods, and how many there are besides.</summary>
    private const int LeastTable = 4;

    private static readonly string[] s_heading = ["POD", "ADDRESS", "STATE", "RESTARTS", "NODE"];

    /// <summary>Lays out a frame that is never higher than the terminal, less the row below it where the cursor stands.</summary>
    /// <returns>
    /// Lines without their ends, and how many rows of the terminal they take: the table is cut to the width, while a message that is longer wraps, so that
    /// a command in it can still be copied.
    /// </returns>
    public static (IReadOnlyList<string> Lines, int Rows) Lay(IReadOnlyList<PodRow> pods, IReadOnlyList<string> message, int width, int height, bool colour)
    {
        int room = Math.Max(height - 1, 1);
        int below = message.Count == 0 ? 0 : 1 + message.Sum(line => RowsOf(line, width));
        if (room - below < LeastTable)
        {
            message = [.. message.Select(line => Cut(line, width))];
            below = Math.Min(message.Count, Math.Max(room - LeastTable, 0));
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
        // The pods that need attention come first where not all have room.
        int rows = Math.Max(room - 1, 0);
        bool all = pods.Count <= rows;
        IReadOnlyList<PodRow> shown = all ? pods : [.. pods.OrderBy(static pod => pod.IsReady).Take(Math.Max(rows - 1, 0))];
        IReadOnlyList<string> table = TextTable.Format(s_heading, [.. shown.Select(CellsOf)]);
        List<string> lines = [Decorate(Cut(table[0], width), Ansi.Bold, colour)];
        for (int i = 0; i < shown.Count; i++)
            lines.Add(Decorate(Cut(table[i + 1], width), shown[i].IsReady ? Ansi.Green : Ansi.Yellow, colour));
        if (!all)
            lines.Add(Cut(Summarise(pods, shown.Count), width));
        return lines.Count <= room ? lines : lines.GetRange(0, room);
    }

    private static string[] CellsOf(PodRow pod) => [pod.Name, pod.Address, pod.State, pod.Restarts.ToString(CultureInfo.InvariantCulture), pod.Node];

    private static string Summarise(IReadOnlyList<PodRow> pods, int shown) =>
        $"... and {pods.Count - shown} more; of all {pods.Count}: " +
        string.Join(", ", pods.GroupBy(static pod => pod.State, StringComparer.Ordinal).OrderByDescending(static group => group.Count()).Select(static group => $"{group.Count()} {group.Key}"));

    /// <summary>A line that is too long would wrap, and what is drawn next would stand in the wrong place.</summary>
    private static string Cut(string line, int width) => line.Length <= width || width < 1 ? line : line[..width];

    private static int RowsOf(string line, int width) => width < 1 ? 1 : Math.Max((line.Length + width - 1) / width, 1);

    private static string Decorate(string line, Func<string, string> colours, bool colour) => colour ? colours(line) : line;
}
