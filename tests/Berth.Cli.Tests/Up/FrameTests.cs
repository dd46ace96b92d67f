using Berth.Cli.Output;
using Berth.Cli.Up;

namespace Berth.Cli.Tests.Up;

public sealed class FrameTests
{
    private static readonly string[] s_message = ["Ready after 0.8 s.", "Ctrl-C stops everything."];

    [Fact]
    public void Shows_every_pod_where_there_is_room()
    {
        (IReadOnlyList<string> lines, int rows) = Frame.Lay(Pods(3), s_message, width: 80, height: 24, colour: false);
        Assert.Equal(
            [
                "POD          ADDRESS         STATE  RESTARTS  NODE",
                "service-b-0  127.0.0.1:3000  ready  0         node-0",
                "service-b-1  127.0.0.1:3001  ready  0         node-0",
                "service-b-2  127.0.0.1:3002  ready  0         node-0",
                "",
                "Ready after 0.8 s.",
                "Ctrl-C stops everything.",
            ],
            lines);
        Assert.Equal(lines.Count, rows);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 10)]
    [InlineData(20, 5)]
    [InlineData(5, 2)]
    [InlineData(1, 1)]
    public void Three_hundred_pods_never_overflow_the_terminal(int width, int height)
    {
        (IReadOnlyList<string> lines, int rows) = Frame.Lay(Pods(300), s_message, width, height, colour: false);
        Assert.InRange(rows, 1, Math.Max(height - 1, 1));
        Assert.Equal(lines.Count, rows);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void Small_screen_shows_pods_that_need_attention_and_counts_the_rest()
    {
        PodRow[] pods = [.. Pods(300)];
        pods[250] = pods[250] with { State = "CrashLoopBackOff", Restarts = 7 };
        (IReadOnlyList<string> lines, int rows) = Frame.Lay(pods, s_message, width: 100, height: 24, colour: false);
        Assert.Contains("service-b-250", lines[1], StringComparison.Ordinal);
        Assert.Contains(
            lines,
            static line =>
                line.StartsWith("... and ", StringComparison.Ordinal)
                    && line.EndsWith("of all 300: 299 ready, 1 CrashLoopBackOff", StringComparison.Ordinal));
        Assert.Equal(s_message, lines.TakeLast(2));
        Assert.Equal(23, rows);
    }

    [Fact]
    public void A_long_message_wraps_so_that_it_can_be_copied_whole()
    {
        string command = new('x', 100);
        (IReadOnlyList<string> lines, int rows) = Frame.Lay(Pods(300), [command], width: 40, height: 24, colour: false);
        Assert.Equal(command, lines[^1]);
        Assert.Equal(lines.Count + 2, rows);
        Assert.Equal(23, rows);
    }

    [Theory]
    [InlineData(52, "POD          ADDRESS         STATE  RESTARTS  NODE")]
    [InlineData(51, "POD          ADDRESS         STATE  RESTARTS")]
    [InlineData(40, "POD          ADDRESS         STATE")]
    [InlineData(33, "POD          STATE")]
    [InlineData(9, "POD      ")]
    public void Narrow_terminal_drops_the_least_important_columns(int width, string heading)
    {
        (IReadOnlyList<string> lines, _) = Frame.Lay(Pods(3), [], width, height: 24, colour: false);
        Assert.Equal(heading, lines[0]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void Wide_characters_take_two_columns_and_marks_none()
    {
        (_, int rows) = Frame.Lay(Pods(1), ["The kubeconfig is /home/\u5F20\u4E09/e\u0301"], width: 20, height: 24, colour: false);
        Assert.Equal(2 + 1 + 2, rows);
        Assert.Equal("\u5F20\u4E09", CellWidth.Cut("\u5F20\u4E09\u5F20", 5));
        Assert.Equal(3, CellWidth.Of("\U0001F600e\u0301"));
    }

    [Fact]
    public void Colours_surround_a_line_and_do_not_count_as_its_width()
    {
        (IReadOnlyList<string> lines, _) = Frame.Lay(Pods(1), [], width: 10, height: 24, colour: true);
        Assert.Equal("\x1b[32mservice-b-\x1b[0m", lines[1]);
    }

    [Fact]
    public void Seats_have_a_column_where_a_pod_has_a_desk()
    {
        PodRow[] pods = [Pods(1)[0] with { Seats = "3/8" }, Pods(2)[1]];
        (IReadOnlyList<string> lines, _) = Frame.Lay(pods, [], width: 80, height: 24, colour: false);
        Assert.Equal("POD          ADDRESS         STATE  SEATS  RESTARTS  NODE", lines[0].TrimEnd());
        Assert.Equal("service-b-0  127.0.0.1:3000  ready  3/8    0         node-0", lines[1].TrimEnd());
        Assert.Equal("service-b-1  127.0.0.1:3001  ready  -      0         node-0", lines[2].TrimEnd());
        Assert.Equal("service-b-0  127.0.0.1:3000  ready  node-0  seats 3/8", pods[0].ToString());
        (lines, _) = Frame.Lay(pods, [], width: 30, height: 24, colour: false);
        Assert.Equal("service-b-0  ready  3/8", lines[1].TrimEnd());
    }

    private static IEnumerable<PodRow> Rows(int count) =>
        Enumerable.Range(0, count).Select(
            static i => new PodRow("k8s-example2", $"service-b-{i}", $"127.0.0.1:{3000 + i}", "ready", 0, "node-0"));

    private static PodRow[] Pods(int count) => [.. Rows(count)];
}
