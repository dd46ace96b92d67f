using System.Diagnostics.Metrics;

namespace Berth.Dispatcher.State;

/// <summary>The metrics of this room except requests, read when they are asked for.</summary>
internal static class DispatcherMetrics
{
    public static void Observe(Meter meter, DispatcherState state, TimeProvider time)
    {
        meter.CreateObservableCounter(
            "berth.picks",
            () =>
                state.Targets.Select(static t => new Measurement<long>(t.Picks.Value, new KeyValuePair<string, object?>("target", t.Name))),
            "{pick}",
            "Endpoints handed out, by target.");
        meter.CreateObservableGauge(
            "berth.watchers",
            () => state.Targets.Select(static t => new Measurement<int>(t.Watchers, new KeyValuePair<string, object?>("target", t.Name))),
            "{client}",
            "Clients that watch now, by target.");
        meter.CreateObservableGauge("berth.ready", () => state.IsReady ? 1 : 0, "{state}", "1 while /readyz says ready, else 0.");
        long started = time.GetTimestamp();
        meter.CreateObservableGauge(
            "berth.uptime", () => time.GetElapsedTime(started).TotalSeconds, "s", "Time since this server started.");
    }
}
