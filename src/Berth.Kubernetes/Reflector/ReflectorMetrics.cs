using System.Diagnostics.Metrics;
using Berth.Diagnostics;

namespace Berth.Kubernetes.Reflector;

/// <summary>Counts restarted watches: <c>berth.watch.restarts</c>, by cause and resource.</summary>
internal sealed class ReflectorMetrics(Meter meter)
{
    public const string RestartsName = "berth.watch.restarts";

    private readonly Counter<long> _restarts = meter.CreateCounter<long>(
        RestartsName, "{restart}", "Watches that ended and were started again, by cause.");

    /// <summary>Reports every cause with 0 from the start, because an alert on a cause that has never happened needs a series.</summary>
    public void Announce(string resource)
    {
        foreach (string cause in RestartCause.All)
            Add(0, resource, cause);
    }

    public void Restarted(string resource, string cause) => Add(1, resource, cause);

    private void Add(int count, string resource, string cause) => _restarts.Add(
        count,
        new KeyValuePair<string, object?>(TelemetryNames.RestartCause, cause),
        new KeyValuePair<string, object?>(TelemetryNames.ApiResource, resource));
}
