namespace Berth.LocalCluster.Controllers;

/// <summary>
/// The moment that caused a slice to change: the earliest new one among the Service's creation and its pods' last change of readiness. A change
/// without such a moment (a pod that begins to end) has none.
/// </summary>
internal sealed class TriggerTimes
{
    private readonly Dictionary<string, Dictionary<string, string>> _seen = new(StringComparer.Ordinal);

    public void Forget(string serviceKey) => _seen.Remove(serviceKey);

    public string? Next(StoredObject service, IEnumerable<StoredObject> pods)
    {
        Dictionary<string, string> before = _seen.GetValueOrDefault(service.Key, []);
        var now = new Dictionary<string, string>(StringComparer.Ordinal) { [service.Uid] = service.Body.Text("metadata", "creationTimestamp")! };
        foreach (StoredObject pod in pods)
        {
            if (pod.Body.Condition("Ready").Text("lastTransitionTime") is { } at)
                now[pod.Uid] = at;
        }

        _seen[service.Key] = now;
        return now.Where(pair => string.CompareOrdinal(pair.Value, before.GetValueOrDefault(pair.Key)) > 0).Select(pair => pair.Value).Min(StringComparer.Ordinal);
    }
}
