using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Keeps the requested number of pods. If there are too many, it removes pods that are not ready first, then the youngest.
/// </summary>
internal sealed class ReplicaSetController(ObjectOperations operations, EventRecorder events, TimeProvider time) : IController
{
    /// <summary>The condition of a set that cannot create its pods, and of its Deployment.</summary>
    public const string FailureCondition = "ReplicaFailure";

    private readonly ObjectStore _store = operations.Store;

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.ReplicaSet ? [change.Last.Key]
        : change.Kind == KindTable.Pod ? _store.KeysOfOwner(change, KindTable.ReplicaSet) : [];

    public DateTimeOffset? Due { get; private set; }

    public void Reconcile(string? @namespace, string name)
    {
        Due = null;
        if (_store.Find(KindTable.ReplicaSet, @namespace, name) is not { } set || set.Body.IsTerminating())
            return;
        List<StoredObject> alive = Alive(set, out _);
        int wanted = (int)(set.Body.Number("spec", "replicas") ?? 1);
        ApiException? refusal = null;
        for (int i = alive.Count; i < wanted && refusal is null; i++)
            refusal = Create(set);

        IEnumerable<StoredObject> leastUseful = alive.OrderBy(pod => pod.Body.IsReady()).ThenByDescending(pod => pod.Version);
        foreach (StoredObject pod in leastUseful.Take(alive.Count - wanted))
        {
            operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, new DeleteOptions());
            events.Record(set.Body, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name}", "replicaset-controller");
        }

        alive = Alive(set, out int terminating);
        List<DateTimeOffset?> ready = [.. alive.Select(pod => pod.AvailableAt(set)).Where(at => at is not null)];
        DateTimeOffset now = time.GetUtcNow();
        Due = ready.Where(at => at > now).Min();
        _store.UpdateStatus(set, FieldOwners.ByControllers, time, body => body["status"] = JsonWriting.Fields(
            ("replicas", alive.Count),
            ("fullyLabeledReplicas", JsonWriting.UnlessZero(alive.Count)),
            ("readyReplicas", JsonWriting.UnlessZero(ready.Count)),
            ("availableReplicas", JsonWriting.UnlessZero(ready.Count(at => at <= now))),
            ("terminatingReplicas", terminating),
            ("observedGeneration", set.Body.Number("metadata", "generation")),
            ("conditions", Failure(body, refusal))));
        if (refusal is not null)
            throw refusal;
    }

    private ApiException? Create(StoredObject set)
    {
        JsonObject pod = Ownership.PodFromTemplate(set, set.Body.At("spec", "template"), []);
        pod.Child("metadata")["generateName"] = set.Name + "-";
        try
        {
            StoredObject created = operations.Create(KindTable.Pod, set.Namespace, pod);
            events.Record(set.Body, "Normal", "SuccessfulCreate", $"Created pod: {created.Name}", "replicaset-controller");
            return null;
        }
        catch (ApiException exception)
        {
            events.Record(set.Body, "Warning", "FailedCreate", $"Error creating: {exception.Message}", "replicaset-controller");
            return exception;
        }
    }

    /// <summary>Sets the condition of a set that cannot create its pods. It stays unchanged until the set can.</summary>
    private JsonArray? Failure(JsonObject set, ApiException? refusal)
    {
        if (refusal is null)
            return null;
        JsonNode? known = set.Condition(FailureCondition)?.DeepClone();
        return new JsonArray(known ?? new JsonObject
        {
            ["type"] = FailureCondition,
            ["status"] = "True",
            ["lastTransitionTime"] = time.Timestamp(),
            ["reason"] = "FailedCreate",
            ["message"] = refusal.Message,
        });
    }

    private List<StoredObject> Alive(StoredObject set, out int terminating)
    {
        List<StoredObject> all = _store.Claim(KindTable.Pod, set);
        terminating = all.Count(pod => pod.Body.IsTerminating());
        return [.. all.Where(pod => !pod.Body.IsTerminating() && pod.Body.Text("status", "phase") is not ("Failed" or "Succeeded"))];
    }
}
