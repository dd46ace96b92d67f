using Berth.Cli.Up;

namespace Berth.Cli.Tests.Up;

public sealed class LiveViewTests
{
    [Fact]
    public void Draws_over_what_it_drew_and_starts_afresh_after_a_resize()
    {
        (int Width, int Height) size = (80, 24);
        StringWriter terminal = new();
        using LiveView view = new(terminal, colour: false, () => size);
        PodRow pod = new("k8s-example2", "service-b-0", "127.0.0.1:3000", "not ready", 0, "node-0");
        view.ShowPods([pod]);
        Assert.Equal(
            $"{Ansi.HideCursor}{Ansi.ClearBelow}POD          ADDRESS         STATE      RESTARTS  NODE\n" +
            $"service-b-0  127.0.0.1:3000  not ready  0         node-0\n",
            terminal.ToString());

        terminal.GetStringBuilder().Clear();
        view.ShowPods([pod with { State = "ready" }]);
        Assert.StartsWith(Ansi.Up(2) + Ansi.ClearBelow, terminal.ToString(), StringComparison.Ordinal);

        terminal.GetStringBuilder().Clear();
        size = (30, 10);
        view.ShowMessage(["Ready."]);
        Assert.StartsWith(Ansi.ClearScreen, terminal.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\n\nReady.\n", terminal.ToString(), StringComparison.Ordinal);

        terminal.GetStringBuilder().Clear();
        view.Dispose();
        Assert.Equal(Ansi.ShowCursor, terminal.ToString());
    }
}
