using System.Diagnostics.Metrics;
using Berth.Diagnostics;
using Berth.Snapshots;

namespace Berth.Directories;

/// <summary>The instruments of a directory. They are computed when a reader asks.</summary>
internal static class DirectoryMetrics
{
    public const string MeterName = "Berth";

    public static void Observe(
        Meter meter, Func<IEnumerable<EndpointView>> views, Func<IEnumerable<EndpointView>, IReadOnlyList<PortClash>> findClashes)
    {
        meter.CreateObservableGauge(
            "berth.endpoints", () => views().SelectMany(CountStates), "{endpoint}", "Endpoints of a target by state.");
        meter.CreateObservableGauge(
            "berth.snapshot.age",
            () => views().Where(static v => v.Age is not null).Select(Age),
            "s",
            "Time since the source last confirmed the snapshot.");
        meter.CreateObservableGauge(
            "berth.snapshot.version",
            () => views().Select(static v => Of(v.Current?.Version ?? 0, v)),
            "{version}",
            "Version of the snapshot, 0 before the first.");
        meter.CreateObservableGauge(
            "berth.snapshot.stale",
            () => views().Select(static v => Of(v.Current is { IsStale: false } ? 0L : 1L, v)),
            "{state}",
            "1 while the source is in trouble or has not answered yet, else 0.");
        meter.CreateObservableGauge(
            "berth.warnings",
            () => views().SelectMany(CountWarnings),
            "{warning}",
            "Warnings about a target by kind: what the source says may not be what is meant.");
        meter.CreateObservableGauge(
            "berth.port.clashes", () => findClashes(views()).SelectMany(static clash => clash.Claims).GroupBy(static claim => claim.Target)
                .Select(static of => TelemetryNames.Measure(of.Key, (long)of.Count())),
            "{clash}",
            "Ports of a target's pods that other pods claim too, of this target or another.");
        meter.CreateObservableCounter(
            "berth.source.failures",
            () => views().Select(static v => Of(v.FailureCount, v)),
            "{failure}",
            "Failed attempts to read the source.");
    }

    private static IEnumerable<Measurement<long>> CountStates(EndpointView view)
    {
        Span<long> counts = stackalloc long[5];
        counts.Clear();
        foreach (PodEndpoint endpoint in view.Current?.Endpoints ?? new EndpointList([], availableOnly: false))
            counts[(int)endpoint.State]++;
        return
        [
            Of(counts[(int)PodState.Ready], view, "ready"),
            Of(counts[(int)PodState.NotReady], view, "not-ready"),
            Of(counts[(int)PodState.Draining], view, "draining"),
            Of(counts[(int)PodState.Terminating], view, "terminating"),
            Of(counts[(int)PodState.Cordoned], view, "cordoned"),
            Of(view.Current?.LeftOut.Count ?? 0, view, "left-out"),
        ];
    }

    private static IEnumerable<Measurement<long>> CountWarnings(EndpointView view) =>
        (view.Current?.Warnings ?? []).GroupBy(static w => w.Kind).Select(group => TelemetryNames.Measure(
            view.Target, (long)group.Count(), TelemetryNames.WarningKind, EndpointWords.Of(group.Key)));

    private static Measurement<double> Age(EndpointView view) => TelemetryNames.Measure(view.Target, view.Age?.TotalSeconds ?? 0);

    private static Measurement<long> Of(long value, EndpointView view) => TelemetryNames.Measure(view.Target, value);

    private static Measurement<long> Of(long value, EndpointView view, string state) =>
        TelemetryNames.Measure(view.Target, value, TelemetryNames.EndpointState, state);
}
