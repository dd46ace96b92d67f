namespace Berth.Checks;

/// <summary>
/// The longest time that a timer gets. Options that become a timer are checked against it; a wait that may be longer ends early, and
/// starts again.
/// </summary>
internal static class TimerLimit
{
    /// <summary>Below the 49.7 days of a .NET timer, and the limit of every duration on the command line.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(24);
}
