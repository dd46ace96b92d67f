using Berth.LocalCluster.Json;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Finds the time of the cause of a slice's change: the earliest new time among the Service's creation and the last readiness changes of
/// its pods. Other changes, such as a pod that starts to terminate, have no such time.
/// </summary>
internal sealed class TriggerTimes
{
    private readonly Dictionary<string, Dictionary<string, (string At, string? Ready)>> _seen = new(StringComparer.Ordinal);

    public void Forget(string serviceKey) => _seen.Remove(serviceKey);

    public string? Next(StoredObject service, IEnumerable<StoredObject> pods)
    {
        Dictionary<string, (string At, string? Ready)> before = _seen.GetValueOrDefault(service.Key, []);
        Dictionary<string, (string At, string? Ready)> now = new(StringComparer.Ordinal)
        {
            [service.Uid] = (service.Body.Text("metadata", "creationTimestamp")!, null),
        };
        foreach (StoredObject pod in pods)
        {
            // The times are in whole seconds, and pods here become ready within one second, so readiness itself counts too.
            if (pod.Body.Condition("Ready") is { } condition && condition.Text("lastTransitionTime") is { } at)
                now[pod.Uid] = (at, condition.Text("status"));
        }

        _seen[service.Key] = now;
        return now.Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value)
            .Select(pair => pair.Value.At)
            .Min(StringComparer.Ordinal);
    }
}
