namespace Berth.Cli.Output;

/// <summary>The words of the output for states and changes: lower case, dashes.</summary>
internal static class Words
{
    public static string Of(PodState state) => state switch
    {
        PodState.Ready => "ready",
        PodState.NotReady => "not-ready",
        PodState.Draining => "draining",
        _ => "terminating",
    };

    public static string Of(PodChangeKind kind) => kind switch
    {
        PodChangeKind.Joined => "joined",
        PodChangeKind.Left => "left",
        PodChangeKind.Replaced => "replaced",
        PodChangeKind.Ready => "ready",
        PodChangeKind.NotReady => "not-ready",
        PodChangeKind.Draining => "draining",
        _ => "updated",
    };
}
