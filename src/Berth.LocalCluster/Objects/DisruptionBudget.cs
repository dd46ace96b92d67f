using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>Reads PodDisruptionBudgets, and writes the condition that says whether a budget allows an eviction.</summary>
internal static class DisruptionBudget
{
    /// <summary>The time that an evicted pod may take to be deleted, before it counts as healthy again.</summary>
    public static readonly TimeSpan DeletionTimeout = TimeSpan.FromMinutes(2);

    /// <summary>The budgets of the namespace that select a pod.</summary>
    public static IEnumerable<StoredObject> BudgetsOf(this ObjectStore store, StoredObject pod) =>
        store.List(KindTable.PodDisruptionBudget, pod.Namespace).Where(budget => Selects(budget, pod));

    /// <summary>An empty selector selects every pod of the namespace, and a missing one none.</summary>
    public static bool Selects(StoredObject budget, StoredObject pod) =>
        budget.Body.At("spec", "selector") is { } selector && LabelSelector.FromSpec(selector).Matches(pod.Body);

    /// <summary>The time of an eviction that has not deleted its pod yet, or null.</summary>
    public static DateTimeOffset? EvictedAt(JsonNode? budget, string pod) =>
        JsonWriting.ParseTimestamp(budget.Text("status", "disruptedPods", pod));

    /// <summary>Writes the condition that follows from <c>disruptionsAllowed</c>.</summary>
    public static void WriteAllowed(JsonObject status, TimeProvider time)
    {
        bool allowed = status.Number("disruptionsAllowed") > 0;
        WriteCondition(status, allowed ? "True" : "False", allowed ? "SufficientPods" : "InsufficientPods", "", time);
    }

    public static void WriteCondition(JsonObject status, string value, string reason, string message, TimeProvider time)
    {
        JsonObject? old = status.Items("conditions").FirstOrDefault(static condition => condition.Text("type") == "DisruptionAllowed");
        bool same = old.Text("status") == value;
        status["conditions"] = new JsonArray(JsonWriting.Fields(
            ("type", "DisruptionAllowed"),
            ("status", value),
            ("observedGeneration", status.Number("observedGeneration")),
            ("lastTransitionTime", same ? old.Text("lastTransitionTime") : time.Timestamp()),
            ("reason", reason),
            ("message", message)));
    }
}
