using System.Numerics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Runs StatefulSets as in https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/: ordinals from ordinals.start, one after
/// the other or in parallel; scale-down and rolling update from the highest ordinal; no update below the partition.
/// </summary>
internal sealed class StatefulSetController(ObjectOperations operations, EventRecorder events, TimeProvider time) : IController
{
    private readonly ObjectStore _store = operations.Store;
    private readonly StatefulSetClaims _claims = new(operations, events);

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.StatefulSet ? [change.Last.Key]
        : change.Kind == KindTable.Pod ? _store.KeysOfOwner(change, KindTable.StatefulSet).Concat(SetOfFreeName(change)) : [];

    public DateTimeOffset? Due { get; private set; }

    public void Reconcile(string? @namespace, string name)
    {
        Due = null;
        if (_store.Find(KindTable.StatefulSet, @namespace, name) is not { } set || set.Body.IsTerminating())
            return;
        string update = Revision(set);
        string current = set.Body.Text("status", "currentRevision") ?? update;
        SortedDictionary<int, StoredObject> pods = Pods(set);
        ApiException? refusal = Converge(set, pods, current, update);
        SortedDictionary<int, StoredObject> after = Pods(set);
        WriteStatus(set, after, current, update);
        Prune(set, [current, update, .. after.Values.Select(RevisionOf)]);
        if (refusal is not null)
            throw refusal;
    }

    /// <summary>
    /// Finds the set whose pods may get the name of a removed pod, even if the pod had another owner.
    /// </summary>
    private static IEnumerable<string> SetOfFreeName(Change change) =>
        change.After is null && change.Last.Name.LastIndexOf('-') is > 0 and var end
            ? [ResourceKind.Key(change.Last.Namespace, change.Last.Name[..end])]
            : [];

    /// <summary>Takes the steps that are possible now. Returns the reason if a pod could not be created, otherwise null.</summary>
    private ApiException? Converge(StoredObject set, SortedDictionary<int, StoredObject> pods, string current, string update)
    {
        int start = (int)(set.Body.Number("spec", "ordinals", "start") ?? 0);
        int end = start + (int)(set.Body.Number("spec", "replicas") ?? 1);
        bool parallel = set.Body.Text("spec", "podManagementPolicy") == "Parallel";
        ApiException? refusal = null;
        for (int ordinal = start; ordinal < end; ordinal++)
        {
            StoredObject? pod = pods.GetValueOrDefault(ordinal);
            if (pod is null)
                refusal ??= Create(set, ordinal, ordinal < start + Partition(set) ? current : update);
            else if (!pod.Body.IsTerminating() && pod.Body.Text("status", "phase") is "Failed" or "Succeeded")
                Delete(set, pod);
            if (!parallel && (pod is null || !IsHealthy(set, pod)))
                return refusal;

            // In parallel means in batches of 1, 2, 4 and so on. If one pod of a batch cannot be created, there is no next batch.
            if (refusal is not null && BitOperations.IsPow2(ordinal - start + 2))
                return refusal;
        }

        if (refusal is not null)
            return refusal;

        foreach ((int _, StoredObject pod) in pods.Where(pair => pair.Key < start || pair.Key >= end).Reverse())
        {
            if (!pod.Body.IsTerminating())
                Delete(set, pod);
            if (!parallel)
                return null;
        }

        if (set.Body.Text("spec", "updateStrategy", "type") == "RollingUpdate")
            Roll(set, pods, start + Partition(set), end, update);
        return null;
    }

    /// <summary>
    /// Removes the highest pod of another revision when all pods above it exist and are ready.
    /// </summary>
    private void Roll(StoredObject set, SortedDictionary<int, StoredObject> pods, int from, int end, string update)
    {
        for (int ordinal = end - 1; ordinal >= from && pods.TryGetValue(ordinal, out StoredObject? pod); ordinal--)
        {
            if (RevisionOf(pod) != update && !pod.Body.IsTerminating())
            {
                Delete(set, pod);
                return;
            }

            if (!IsHealthy(set, pod))
                return;
        }
    }

    private ApiException? Create(StoredObject set, int ordinal, string revision)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{set.Name}-{ordinal}");
        StoredObject? kept = _store.Find(KindTable.ControllerRevision, set.Namespace, revision);
        JsonNode? template = kept?.Body.At("data", "spec", "template") ?? set.Body.At("spec", "template");
        JsonObject pod = Ownership.PodFromTemplate(
            set,
            template,
            [
                new("apps.kubernetes.io/pod-index", ordinal.ToString(CultureInfo.InvariantCulture)),
                new("controller-revision-hash", revision),
                new("statefulset.kubernetes.io/pod-name", name),
            ]);
        JsonObject metadata = pod.Child("metadata");
        metadata["name"] = name;
        metadata["generateName"] = set.Name + "-";
        pod.Child("spec")["hostname"] = name;
        pod.Child("spec")["subdomain"] = set.Body.Text("spec", "serviceName");
        IReadOnlyList<JsonObject> volumes = StatefulSetClaims.VolumesOf(set, name, pod["spec"]);
        if (volumes.Count > 0)
            pod.Child("spec")["volumes"] = new JsonArray([.. volumes]);
        if (_claims.Create(set, name) is { } claimless)
            return claimless;
        try
        {
            operations.Create(KindTable.Pod, set.Namespace, pod);
            Tell(set, "SuccessfulCreate", $"Create Pod {name} in StatefulSet {set.Name} successful");
            return null;
        }
        catch (ApiException exception)
        {
            Tell(set, "FailedCreate", $"Create Pod {name} in StatefulSet {set.Name} failed error: {exception.Message}", "Warning");
            return exception;
        }
    }

    private void Delete(StoredObject set, StoredObject pod)
    {
        operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, new DeleteOptions());
        Tell(set, "SuccessfulDelete", $"Delete Pod {pod.Name} in StatefulSet {set.Name} successful");
    }

    private void Tell(StoredObject set, string reason, string message, string type = "Normal") =>
        events.Record(set.Body, type, reason, message, "statefulset-controller");

    /// <summary>
    /// Returns the name of the revision that contains the current template. It is stored as an object, so that a partition can still create
    /// pods of the old one.
    /// </summary>
    private string Revision(StoredObject set)
    {
        JsonNode template = set.Body.At("spec", "template")!;
        string name = $"{set.Name}-{NameGenerator.Hash(JsonWriting.Sorted(template).ToUtf8())}";
        long newest = _store.Claim(KindTable.ControllerRevision, set).Select(NumberOf).DefaultIfEmpty().Max();
        if (_store.Find(KindTable.ControllerRevision, set.Namespace, name) is { } known)
        {
            // If an earlier template is used again, its revision becomes the newest.
            if (NumberOf(known) < newest)
                _store.Update(known, body => body["revision"] = newest + 1);
        }
        else
        {
            JsonObject revision = KindTable.ControllerRevision.NewObject(set.Namespace, name);
            KeyValuePair<string, string> hash = new("controller.kubernetes.io/hash", name[(set.Name.Length + 1)..]);
            revision.Child("metadata")["labels"] = JsonWriting.TextMap(template.Map("metadata", "labels").Append(hash));
            revision.Child("metadata")["annotations"] = set.Body.At("metadata", "annotations")?.DeepClone();
            revision.Child("metadata")["ownerReferences"] = Ownership.ControlledBy(set);
            JsonObject kept = (JsonObject)template.DeepClone();

            // kubectl rollout undo sends this as a patch that also removes fields which the old template did not have.
            kept["$patch"] = "replace";
            revision["data"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = kept } };
            revision["revision"] = newest + 1;
            operations.Create(KindTable.ControllerRevision, set.Namespace, revision);
        }

        return name;
    }

    /// <summary>Removes revisions without pods, except the newest spec.revisionHistoryLimit.</summary>
    private void Prune(StoredObject set, HashSet<string?> used)
    {
        int limit = (int)(set.Body.Number("spec", "revisionHistoryLimit") ?? 10);
        IEnumerable<StoredObject> unused = _store.Claim(KindTable.ControllerRevision, set).Where(revision => !used.Contains(revision.Name));
        foreach (StoredObject old in unused.OrderByDescending(NumberOf).Skip(limit))
            _store.Remove(old);
    }

    private SortedDictionary<int, StoredObject> Pods(StoredObject set)
    {
        string prefix = set.Name + "-";
        int Ordinal(StoredObject pod) =>
            pod.Name.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(pod.Name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
                ? ordinal
                : -1;
        return new(_store.Claim(KindTable.Pod, set, pod => Ordinal(pod) >= 0).DistinctBy(Ordinal).ToDictionary(Ordinal));
    }

    private void WriteStatus(StoredObject set, SortedDictionary<int, StoredObject> pods, string current, string update)
    {
        int ready = pods.Values.Count(pod => pod.Body.IsReady());
        DateTimeOffset now = time.GetUtcNow();
        List<DateTimeOffset?> available = [.. pods.Values.Select(pod => pod.AvailableAt(set))];
        Due = available.Where(at => at > now).Min();
        int updated = pods.Values.Count(pod => RevisionOf(pod) == update && !pod.Body.IsTerminating());
        bool complete = updated == pods.Count && ready == pods.Count && pods.Count == (set.Body.Number("spec", "replicas") ?? 1);
        string shown = complete ? update : current;
        _store.UpdateStatus(set, FieldOwners.ByControllers, time, body => body["status"] = JsonWriting.Fields(
            ("observedGeneration", set.Body.Number("metadata", "generation")),
            ("replicas", pods.Count),
            ("readyReplicas", JsonWriting.UnlessZero(ready)),
            ("currentReplicas", JsonWriting.UnlessZero(pods.Values.Count(pod => RevisionOf(pod) == shown && !pod.Body.IsTerminating()))),
            ("updatedReplicas", JsonWriting.UnlessZero(updated)),
            ("currentRevision", shown),
            ("updateRevision", update),
            ("collisionCount", 0),
            ("availableReplicas", available.Count(at => at <= now))));
    }

    private static int Partition(StoredObject set) => (int)(set.Body.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0);

    private static long NumberOf(StoredObject revision) => revision.Body.Number("revision") ?? 0;

    private static string? RevisionOf(StoredObject pod) => pod.Body.Text("metadata", "labels", "controller-revision-hash");

    private bool IsHealthy(StoredObject set, StoredObject pod) => pod.AvailableAt(set) <= time.GetUtcNow() && !pod.Body.IsTerminating();
}
