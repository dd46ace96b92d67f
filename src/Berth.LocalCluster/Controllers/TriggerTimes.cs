using Berth.LocalCluster.Json;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// The moment that caused a slice to change: the earliest new one among the Service's creation and its pods' last change of
/// readiness. A change without such a moment (a pod that begins to end) has none.
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
            // The times are in whole seconds, and pods here become ready within one: so readiness itself counts too.
            if (pod.Body.Condition("Ready") is { } condition && condition.Text("lastTransitionTime") is { } at)
                now[pod.Uid] = (at, condition.Text("status"));
        }

        _seen[service.Key] = now;
        return now.Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value)
            .Select(pair => pair.Value.At)
            .Min(StringComparer.Ordinal);
    }
}
