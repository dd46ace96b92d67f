using System.Diagnostics.Metrics;
using Berth.Diagnostics;

namespace Berth.Dispatcher.State;

/// <summary>The metrics of the dispatcher, except requests. They are computed when they are read.</summary>
internal static class DispatcherMetrics
{
    public static void Observe(Meter meter, DispatcherState state, TimeProvider time)
    {
        meter.CreateObservableCounter(
            "berth.picks",
            () => state.Targets.Select(static t => Of(t.Picks.Value, t)),
            "{pick}",
            "Endpoints returned to clients, by target.");
        meter.CreateObservableGauge(
            "berth.watchers",
            () => state.Targets.Select(static t => Of(t.Watchers, t)),
            "{client}",
            "Clients of /v1/watch, by target.");
        meter.CreateObservableGauge("berth.ready", () => state.IsReady ? 1 : 0, "{state}", "1 while /readyz says ready, else 0.");
        long started = time.GetTimestamp();
        meter.CreateObservableGauge(
            "berth.uptime", () => time.GetElapsedTime(started).TotalSeconds, "s", "Time since this server started.");
    }

    private static Measurement<long> Of(long value, ServedTarget target) => TelemetryNames.Measure(target.View.Target, value);
}
