using Berth.Cli.Options;

namespace Berth.Cli.Call;

/// <summary>The options of <c>berth call</c>.</summary>
internal static class CallSettings
{
    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", "DURATION", "The time for one call with all its attempts. Default 5s.",
        Durations.AtLeast(TimeSpan.FromMilliseconds(1)), TimeSpan.FromSeconds(5));

    public static Setting<int> Count { get; } = new(
        "count", "N", "The number of calls, one after the other. Default 1.", CommonParsers.Between(1, 1_000_000, "count"), 1);

    public static Setting<ServiceTarget?> Seat { get; } = new(
        "seat", "NAMESPACE/SERVICE", "Reserve a seat of this Service, and show its ticket to the pod.", ParseTarget, null);

    public static Setting[] All { get; } = [Timeout, Count, Seat, CommonSettings.Output];

    private static ServiceTarget? ParseTarget(string text, out string? fault) =>
        ServiceTarget.TryParse(text, out ServiceTarget target, out fault) ? target : null;
}
