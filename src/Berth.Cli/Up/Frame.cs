using System.Globalization;
using Berth.Cli.Output;

namespace Berth.Cli.Up;

/// <summary>Lays out what the terminal shows: the table, and below it the message, cut to the terminal's size.</summary>
internal static class Frame
{
    private static readonly string[] s_heading = ["POD", "ADDRESS", "STATE", "RESTARTS", "NODE"];

    /// <summary>Lays out a frame that is never higher or wider than the terminal.</summary>
    /// <returns>Lines without their ends, at least one less than the terminal is high: the cursor stands below them.</returns>
    public static IReadOnlyList<string> Lay(IReadOnlyList<PodRow> pods, IReadOnlyList<string> message, int width, int height, bool colour)
    {
        int room = Math.Max(height - 1, 1);

        // The pods that need attention come first where not all have room.
        int rows = Math.Max(room - message.Count - (message.Count > 0 ? 1 : 0) - 1, Math.Min(3, room));
        bool all = pods.Count <= rows;
        IReadOnlyList<PodRow> shown = all ? pods : [.. pods.OrderBy(static pod => pod.IsReady).Take(Math.Max(rows - 1, 0))];
        IReadOnlyList<string> table = TextTable.Format(s_heading, [.. shown.Select(CellsOf)]);
        List<string> lines = [Decorate(Cut(table[0], width), Ansi.Bold, colour)];
        for (int i = 0; i < shown.Count; i++)
            lines.Add(Decorate(Cut(table[i + 1], width), shown[i].IsReady ? Ansi.Green : Ansi.Yellow, colour));
        if (!all)
            lines.Add(Cut(Summarise(pods, shown.Count), width));
        if (message.Count > 0)
            lines.Add("");
        lines.AddRange(message.Select(line => Cut(line, width)));
        return lines.Count <= room ? lines : lines.GetRange(0, room);
    }

    private static string[] CellsOf(PodRow pod) => [pod.Name, pod.Address, pod.State, pod.Restarts.ToString(CultureInfo.InvariantCulture), pod.Node];

    private static string Summarise(IReadOnlyList<PodRow> pods, int shown) =>
        $"... and {pods.Count - shown} more; of all {pods.Count}: " +
        string.Join(", ", pods.GroupBy(static pod => pod.State, StringComparer.Ordinal).OrderByDescending(static group => group.Count()).Select(static group => $"{group.Count()} {group.Key}"));

    /// <summary>A line that is too long would wrap, and what is drawn next would stand in the wrong place.</summary>
    private static string Cut(string line, int width) => line.Length <= width || width < 1 ? line : line[..width];

    private static string Decorate(string line, Func<string, string> colours, bool colour) => colour ? colours(line) : line;
}
