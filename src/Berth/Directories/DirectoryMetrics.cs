using System.Diagnostics.Metrics;
using Berth.Diagnostics;
using Berth.Snapshots;

namespace Berth.Directories;

/// <summary>The instruments of a directory. They are computed when a reader asks.</summary>
internal static class DirectoryMetrics
{
    public const string MeterName = "Berth";

    public static void Observe(
        Meter meter, string? cluster, Func<IEnumerable<EndpointView>> views,
        Func<IEnumerable<EndpointView>, IReadOnlyList<PortClash>> findClashes)
    {
        meter.CreateObservableGauge(
            "berth.endpoints",
            () => views().SelectMany(view => CountStates(view, cluster)),
            "{endpoint}",
            "Endpoints of a target by state.");
        meter.CreateObservableGauge(
            "berth.snapshot.age",
            () => views().Where(static v => v.Age is not null).Select(
                view => TelemetryNames.Measure(view.Target, view.Age?.TotalSeconds ?? 0, cluster)),
            "s",
            "Time since the source last confirmed the snapshot.");
        meter.CreateObservableGauge(
            "berth.snapshot.version",
            () => views().Select(v => Of(v.Current?.Version ?? 0, v, cluster)),
            "{version}",
            "Version of the snapshot, 0 before the first.");
        meter.CreateObservableGauge(
            "berth.snapshot.stale",
            () => views().Select(v => Of(v.Current is { IsStale: false } ? 0L : 1L, v, cluster)),
            "{state}",
            "1 while the source is in trouble or has not answered yet, else 0.");
        meter.CreateObservableGauge(
            "berth.warnings",
            () => views().SelectMany(view => CountWarnings(view, cluster)),
            "{warning}",
            "Warnings about a target by kind: what the source says may not be what is meant.");
        meter.CreateObservableGauge(
            "berth.port.clashes", () => findClashes(views()).SelectMany(static clash => clash.Claims).GroupBy(static claim => claim.Target)
                .Select(of => TelemetryNames.Measure(of.Key, (long)of.Count(), cluster)),
            "{clash}",
            "Ports of a target's pods that other pods claim too, of this target or another.");
        meter.CreateObservableCounter(
            "berth.source.failures",
            () => views().Select(v => Of(v.FailureCount, v, cluster)),
            "{failure}",
            "Failed attempts to read the source.");
    }

    private static IEnumerable<Measurement<long>> CountStates(EndpointView view, string? cluster)
    {
        Span<long> counts = stackalloc long[5];
        counts.Clear();
        foreach (PodEndpoint endpoint in view.Current?.Endpoints ?? new EndpointList([], availableOnly: false))
            counts[(int)endpoint.State]++;
        return
        [
            Of(counts[(int)PodState.Ready], view, cluster, "ready"),
            Of(counts[(int)PodState.NotReady], view, cluster, "not-ready"),
            Of(counts[(int)PodState.Draining], view, cluster, "draining"),
            Of(counts[(int)PodState.Terminating], view, cluster, "terminating"),
            Of(counts[(int)PodState.Cordoned], view, cluster, "cordoned"),
            Of(view.Current?.LeftOut.Count ?? 0, view, cluster, "left-out"),
        ];
    }

    private static IEnumerable<Measurement<long>> CountWarnings(EndpointView view, string? cluster) =>
        (view.Current?.Warnings ?? []).GroupBy(static w => w.Kind).Select(group => TelemetryNames.Measure(
            view.Target, (long)group.Count(), cluster, TelemetryNames.WarningKind, EndpointWords.Of(group.Key)));

    private static Measurement<long> Of(long value, EndpointView view, string? cluster) =>
        TelemetryNames.Measure(view.Target, value, cluster);

    private static Measurement<long> Of(long value, EndpointView view, string? cluster, string state) =>
        TelemetryNames.Measure(view.Target, value, cluster, TelemetryNames.EndpointState, state);
}
