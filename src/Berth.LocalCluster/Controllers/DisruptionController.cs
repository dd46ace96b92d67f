using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Counts the healthy pods of each PodDisruptionBudget, and writes how many of them may be evicted now
/// (https://kubernetes.io/docs/tasks/run-application/configure-pdb/).
/// </summary>
internal sealed class DisruptionController(ObjectStore store, EventRecorder events, TimeProvider time) : IController
{
    private const string Component = "controllermanager";

    public DateTimeOffset? Due { get; private set; }

    public IEnumerable<string> Affected(Change change)
    {
        if (change.Kind == KindTable.PodDisruptionBudget)
            return [change.Last.Key];
        if (change.Kind != KindTable.Pod)
            return [];
        IEnumerable<StoredObject> before = change.Before is { } pod ? store.BudgetsOf(pod) : [];
        return before.Concat(store.BudgetsOf(change.Last)).Select(static budget => budget.Key).Distinct(StringComparer.Ordinal);
    }

    public void Reconcile(string? @namespace, string name)
    {
        Due = null;
        if (store.Find(KindTable.PodDisruptionBudget, @namespace, name) is not { } budget)
            return;
        List<StoredObject> pods = [.. store.List(KindTable.Pod, @namespace).Where(pod => DisruptionBudget.Selects(budget, pod))];
        if (pods.Count == 0)
            events.Record(budget.Body, "Normal", "NoPods", "No matching pods found", Component);
        try
        {
            (int expected, long wanted) = Expected(budget, pods);
            WriteStatus(budget, pods, expected, wanted);
        }
        catch (FormatException exception)
        {
            string message = $"Failed to calculate the number of expected pods: {exception.Message}";
            events.Record(budget.Body, "Warning", "CalculateExpectedPodCountFailed", message, Component);
            store.UpdateStatus(budget, FieldOwners.ByControllers, time, body =>
            {
                JsonObject status = body.Child("status");
                status["disruptionsAllowed"] = 0;
                DisruptionBudget.WriteCondition(status, "False", "SyncFailed", exception.Message, time);
            });
        }
    }

    /// <summary>Returns how many pods there should be, and how many of them must stay healthy.</summary>
    private (int Expected, long Wanted) Expected(StoredObject budget, List<StoredObject> pods)
    {
        JsonNode? least = budget.Body.At("spec", "minAvailable");
        JsonNode? most = budget.Body.At("spec", "maxUnavailable");
        if (most is null && least.Text() is null)
            return (pods.Count, least.Number() ?? 0);
        long scale = DisruptionScale.Of(store, pods, out IReadOnlyList<string> unmanaged);
        if (unmanaged.Count > 0)
        {
            string selector = DisruptionScale.AsGo(budget.Body.At("spec", "selector"));
            string message = $"Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, "
                + "the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods "
                + "please set \".spec.minAvailable\" field of the PDB to an integer value.";
            events.Record(budget.Body, "Warning", "UnmanagedPods", message, Component);
        }

        long wanted = most is null ? Share(least, scale) : Math.Max(0, scale - Share(most, scale));
        return ((int)scale, wanted);
    }

    /// <summary>A number, or a percentage of the pods, rounded up.</summary>
    private static long Share(JsonNode? share, long scale) => share.Text() is { } text
        ? (long)Math.Ceiling(scale * double.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture) / 100)
        : share.Number() ?? 0;

    private void WriteStatus(StoredObject budget, List<StoredObject> pods, int expected, long wanted)
    {
        List<StoredObject> staying = [.. pods.Where(static pod => !pod.Body.IsTerminating())];
        DateTimeOffset now = time.GetUtcNow();
        List<(string Name, DateTimeOffset Until)> evicted = [.. staying
            .Select(pod => (pod.Name, At: DisruptionBudget.EvictedAt(budget.Body, pod.Name)))
            .Where(pod => pod.At is not null)
            .Select(pod => (pod.Name, Until: pod.At!.Value.After(DisruptionBudget.DeletionTimeout)))
            .Where(pod => pod.Until > now)];
        bool IsEvicted(StoredObject pod) => evicted.Exists(each => each.Name == pod.Name);
        long healthy = staying.Count(pod => pod.Body.IsReady() && !IsEvicted(pod));
        if (evicted.Count > 0)
            Due = evicted.Min(static pod => pod.Until);
        store.UpdateStatus(budget, FieldOwners.ByControllers, time, body =>
        {
            JsonNode? conditions = body.At("status", "conditions")?.DeepClone();
            JsonObject status = JsonWriting.Fields(
                ("observedGeneration", budget.Body.Number("metadata", "generation")),
                ("disruptedPods", evicted.Count == 0 ? null : JsonWriting.Fields(
                    evicted.Select(pod => (pod.Name, body.At("status", "disruptedPods", pod.Name)?.DeepClone())))),
                ("disruptionsAllowed", expected > 0 ? Math.Max(0, healthy - wanted) : 0),
                ("currentHealthy", healthy),
                ("desiredHealthy", wanted),
                ("expectedPods", expected),
                ("conditions", conditions));
            DisruptionBudget.WriteAllowed(status, time);
            body["status"] = status;
        });
    }
}
