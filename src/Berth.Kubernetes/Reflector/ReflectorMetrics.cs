using System.Diagnostics.Metrics;

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
            _restarts.Add(0, new KeyValuePair<string, object?>("cause", cause), new KeyValuePair<string, object?>("resource", resource));
    }

    public void Restarted(string resource, string cause) =>
        _restarts.Add(1, new KeyValuePair<string, object?>("cause", cause), new KeyValuePair<string, object?>("resource", resource));
}
