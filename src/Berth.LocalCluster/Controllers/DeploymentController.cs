using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Patches;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Controllers;

/// <summary>Keeps a ReplicaSet for each template. Updates within maxSurge and maxUnavailable, or all at once for Recreate.</summary>
internal sealed class DeploymentController(ObjectOperations operations, EventRecorder events, TimeProvider time) : IController
{
    private const string HashLabel = "pod-template-hash";
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";
    private const string Updated = "ReplicaSetUpdated";
    private const string Exceeded = "ProgressDeadlineExceeded";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private readonly ObjectStore _store = operations.Store;

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.Deployment ? [change.Last.Key]
        : change.Kind == KindTable.ReplicaSet ? _store.KeysOfOwner(change, KindTable.Deployment) : [];

    public DateTimeOffset? Due { get; private set; }

    public void Reconcile(string? @namespace, string name)
    {
        Due = null;
        if (_store.Find(KindTable.Deployment, @namespace, name) is not { } deployment || deployment.Body.IsTerminating())
            return;
        string hash = NameGenerator.Hash(JsonWriting.Sorted(deployment.Body.At("spec", "template")).ToUtf8());
        bool paused = deployment.Body.Flag("spec", "paused");
        List<StoredObject> old = _store.Claim(KindTable.ReplicaSet, deployment);
        long newest = old.Select(RevisionOf).DefaultIfEmpty().Max();
        StoredObject? current = old.Find(set => set.Name == $"{name}-{hash}") ?? (paused ? null : Create(deployment, hash));
        current = current is null ? null : Annotated(deployment, current, newest);
        old.RemoveAll(set => set.Name == current?.Name);
        int kept = (int)(deployment.Body.Number("spec", "revisionHistoryLimit") ?? 10);
        static bool IsEmpty(StoredObject set) => Replicas(set) + Count(set, "replicas") + Count(set, "terminatingReplicas") == 0;
        foreach (StoredObject set in old.Where(IsEmpty).OrderByDescending(RevisionOf).Skip(kept))
            _store.Remove(set);
        if (!paused)
            Converge(deployment, current!, old);
        else if (old.Append(current).OfType<StoredObject>().Where(set => Replicas(set) > 0).ToList() is [var only])
            Scale(deployment, only, Wanted(deployment));
        WriteStatus(deployment, current?.Name);
    }

    /// <summary>A ReplicaSet has the settings of its Deployment. It is the newest when its template is new or used again.</summary>
    private StoredObject Annotated(StoredObject deployment, StoredObject current, long newest) => _store.Update(current, body =>
    {
        JsonObject annotations = body.Child("metadata").Child("annotations");
        static bool IsOwn(string key) => key == LastApplied || key.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal);
        foreach ((string key, string value) in deployment.Body.Map("metadata", "annotations").Where(pair => !IsOwn(pair.Key)))
            annotations[key] = value;
        JsonObject spec = new() { ["minReadySeconds"] = deployment.Body.At("spec", "minReadySeconds")?.DeepClone() };
        MergePatch.Apply(body, new JsonObject { ["spec"] = spec });
        if (RevisionOf(current) == 0 || RevisionOf(current) < newest)
            annotations[RevisionAnnotation] = (newest + 1).ToString(CultureInfo.InvariantCulture);
    });

    /// <summary>
    /// One step at a time, as https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment has it: up
    /// within maxSurge, then down within maxUnavailable. Removals are counted by the requested replicas, because the statuses of the sets
    /// may be older.
    /// </summary>
    private void Converge(StoredObject deployment, StoredObject current, List<StoredObject> old)
    {
        int wanted = Wanted(deployment);
        int others = old.Sum(Replicas);
        if (deployment.Body.Text("spec", "strategy", "type") == "Recreate")
        {
            old.ForEach(set => Scale(deployment, set, 0));
            Scale(deployment, current, old.Any(set => Count(set, "replicas") + Count(set, "terminatingReplicas") > 0) ? 0 : wanted);
            return;
        }

        int surge = Surge(deployment);
        int least = wanted - Math.Max(Unavailable(deployment.Body, wanted), surge == 0 ? 1 : 0);
        int grown = Math.Max(Replicas(current), Math.Min(wanted, wanted + surge - old.Sum(There)));
        if (Scale(deployment, current, Replicas(current) > wanted ? wanted : grown))
            return;
        int room = Replicas(current) + others - least - (Replicas(current) - Count(current, "availableReplicas"));
        int spare = Count(current, "availableReplicas") + old.Sum(set => Count(set, "availableReplicas")) - least;
        foreach (StoredObject set in old.OrderBy(set => set.Body.Text("metadata", "creationTimestamp"), StringComparer.Ordinal))
        {
            // Remove pods that never became ready first, so that no client loses an endpoint.
            int unready = Math.Clamp(Replicas(set) - Count(set, "availableReplicas"), 0, Math.Max(room, 0));
            int ready = Math.Clamp(Math.Min(spare, room - unready), 0, Replicas(set) - unready);
            room -= unready + ready;
            spare -= ready;
            Scale(deployment, set, Replicas(set) - unready - ready);
        }
    }

    private StoredObject Create(StoredObject deployment, string hash)
    {
        JsonObject set = KindTable.ReplicaSet.NewObject(deployment.Namespace, $"{deployment.Name}-{hash}");
        JsonObject template = (JsonObject)deployment.Body.At("spec", "template")!.DeepClone();
        template.Child("metadata").Child("labels")[HashLabel] = hash;
        JsonObject selector = (JsonObject)deployment.Body.At("spec", "selector")!.DeepClone();
        selector.Child("matchLabels")[HashLabel] = hash;
        JsonObject metadata = set.Child("metadata");
        metadata["labels"] = template.At("metadata", "labels")!.DeepClone();
        metadata["annotations"] = Sizes(deployment);
        metadata["ownerReferences"] = Ownership.ControlledBy(deployment);
        set["spec"] = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = template };
        try
        {
            return operations.Create(KindTable.ReplicaSet, deployment.Namespace, set);
        }
        catch (ApiException exception)
        {
            string message = $"Failed to create new replica set \"{set.Text("metadata", "name")}\": {exception.Message}";
            events.Record(deployment.Body, "Warning", "ReplicaSetCreateError", message, "deployment-controller");
            throw;
        }
    }

    /// <summary>Returns true when something changed.</summary>
    private bool Scale(StoredObject deployment, StoredObject set, int replicas)
    {
        int before = Replicas(set);
        if (before == 0 && replicas == 0)
            return false;
        _store.Update(set, body =>
        {
            body.Child("spec")["replicas"] = replicas;
            foreach ((string name, JsonNode? size) in Sizes(deployment))
                body.Child("metadata").Child("annotations")[name] = size!.DeepClone();
        });
        if (before != replicas)
        {
            string how = replicas > before ? "up" : "down";
            string message = $"Scaled {how} replica set {set.Name} from {before} to {replicas}";
            events.Record(deployment.Body, "Normal", "ScalingReplicaSet", message, "deployment-controller");
        }

        return before != replicas;
    }

    private void WriteStatus(StoredObject deployment, string? currentName)
    {
        List<StoredObject> sets = _store.Claim(KindTable.ReplicaSet, deployment);
        StoredObject? current = sets.Find(set => set.Name == currentName);
        int wanted = Wanted(deployment);
        int available = sets.Sum(set => Count(set, "availableReplicas"));
        int updated = current is null ? 0 : Count(current, "replicas");
        int total = sets.Sum(set => Count(set, "replicas"));
        Due = Deadline(_store.UpdateStatus(deployment, FieldOwners.ByControllers, time, body =>
        {
            bool done = updated == wanted && total == wanted && available == wanted;
            JsonObject status = JsonWriting.Fields(
                ("observedGeneration", deployment.Body.Number("metadata", "generation")),
                ("replicas", JsonWriting.UnlessZero(total)),
                ("updatedReplicas", JsonWriting.UnlessZero(updated)),
                ("readyReplicas", JsonWriting.UnlessZero(sets.Sum(set => Count(set, "readyReplicas")))),
                ("availableReplicas", JsonWriting.UnlessZero(available)),
                ("unavailableReplicas", JsonWriting.UnlessZero(Math.Max(0, total - available))),
                ("terminatingReplicas", sets.Sum(set => Count(set, "terminatingReplicas"))),
                ("conditions", body.At("status", "conditions")?.DeepClone()));
            if (available >= wanted - Unavailable(body, wanted))
                Condition(status, "Available", true, "MinimumReplicasAvailable", "Deployment has minimum availability.");
            else
                Condition(status, "Available", false, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
            bool moved = updated > Count(deployment, "updatedReplicas")
                || total - updated < Count(deployment, "replicas") - Count(deployment, "updatedReplicas")
                || available > Count(deployment, "availableReplicas");
            (bool? good, string reason, string how) = done
                ? (true, "NewReplicaSetAvailable", "has successfully progressed")
                : !moved && IsLate(deployment)
                    ? (false, Exceeded, "has timed out progressing")
                    : (true, Updated, "is progressing");
            if (deployment.Body.Flag("spec", "paused"))
                Condition(status, "Progressing", null, "DeploymentPaused", "Deployment is paused");
            else
                Condition(status, "Progressing", good, reason, $"ReplicaSet \"{currentName}\" {how}.", moved && !done);
            CopyFailure(status, sets.OrderByDescending(set => set.Name == currentName));
            body["status"] = status;
            if (current is not null)
            {
                JsonObject annotations = body.Child("metadata").Child("annotations");
                annotations[RevisionAnnotation] = current.Body.Text("metadata", "annotations", RevisionAnnotation);
            }
        }, binding: true));
    }

    /// <summary>Copies the reason why the newest set cannot create its pods to a condition of the Deployment.</summary>
    private static void CopyFailure(JsonObject status, IEnumerable<StoredObject> sets)
    {
        JsonArray conditions = (JsonArray)status["conditions"]!;
        conditions.RemoveAll(condition => condition.Text("type") == ReplicaSetController.FailureCondition);
        if (sets.Select(set => set.Body.Condition(ReplicaSetController.FailureCondition)).FirstOrDefault(found => found is not null)
            is not { } failure)
        {
            return;
        }

        JsonObject copy = failure.Clone();
        copy["lastUpdateTime"] = copy["lastTransitionTime"]?.DeepClone();
        conditions.Add((JsonNode)copy);
    }

    private bool IsLate(StoredObject deployment) =>
        deployment.Body.Condition("Progressing").Text("reason") == Exceeded || Deadline(deployment) <= time.GetUtcNow();

    /// <summary>The deadline for progress of the current rollout.</summary>
    private static DateTimeOffset? Deadline(StoredObject deployment)
    {
        JsonObject? progress = deployment.Body.Condition("Progressing");
        if (progress.Text("reason") != Updated)
            return null;
        TimeSpan wait = LongWait.Seconds(deployment.Body.Number("spec", "progressDeadlineSeconds") ?? 600);
        return JsonWriting.ParseTimestamp(progress.Text("lastUpdateTime"))?.After(wait);
    }

    private void Condition(JsonObject status, string type, bool? value, string reason, string message, bool moved = false)
    {
        JsonNode? before = status.Items("conditions").FirstOrDefault(item => item.Text("type") == type)?.DeepClone();
        PodStatus.SetCondition(status, type, value, time);
        JsonObject condition = status.Items("conditions").First(item => item.Text("type") == type);
        condition.Remove("lastProbeTime");
        if (moved || before.Text("reason") != reason || before.Text("message") != message)
            condition["lastUpdateTime"] = time.Timestamp();
        condition["reason"] = reason;
        condition["message"] = message;
    }

    private static int Wanted(StoredObject deployment) => (int)(deployment.Body.Number("spec", "replicas") ?? 1);

    private static int Surge(StoredObject deployment) =>
        Share(deployment.Body.At("spec", "strategy", "rollingUpdate", "maxSurge"), Wanted(deployment), up: true);

    private static int Unavailable(JsonObject deployment, int wanted) =>
        Share(deployment.At("spec", "strategy", "rollingUpdate", "maxUnavailable"), wanted, up: false);

    /// <summary>
    /// The annotations of a ReplicaSet about its Deployment: the wanted number of pods, and the maximum during a rollout.
    /// </summary>
    private static JsonObject Sizes(StoredObject deployment) => new()
    {
        ["deployment.kubernetes.io/desired-replicas"] = Wanted(deployment).ToString(CultureInfo.InvariantCulture),
        ["deployment.kubernetes.io/max-replicas"] = (Wanted(deployment) + Surge(deployment)).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Returns a number, or a percentage of the replicas, rounded up or down.</summary>
    private static int Share(JsonNode? value, int of, bool up)
    {
        if (value.Text() is { } text && text.EndsWith('%') && int.TryParse(text[..^1], CultureInfo.InvariantCulture, out int percent))
            return (int)Math.Min((((long)of * percent) + (up ? 99 : 0)) / 100, int.MaxValue);
        return (int)(value.Number() ?? 0);
    }

    private static long RevisionOf(StoredObject set) =>
        long.TryParse(set.Body.Text("metadata", "annotations", RevisionAnnotation), CultureInfo.InvariantCulture, out long revision)
            ? revision
            : 0;

    private static int Replicas(StoredObject set) => (int)(set.Body.Number("spec", "replicas") ?? 0);

    /// <summary>Pods that a set must remove count as present until its status no longer contains them.</summary>
    private static int There(StoredObject set) => Math.Max(Replicas(set), Count(set, "replicas"));

    private static int Count(StoredObject set, string field) => (int)(set.Body.Number("status", field) ?? 0);
}
