using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Keeps one pod on each suitable node (https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/). A changed template replaces
/// pods one node after the other, or as they are deleted with OnDelete.
/// </summary>
internal sealed class DaemonSetController(ObjectOperations operations, EventRecorder events, TimeProvider time) : IController
{
    private const string RevisionLabel = "controller-revision-hash";

    /// <summary>The taints that a pod of a DaemonSet tolerates, so that it runs on nodes where no other pod starts.</summary>
    private static readonly (string Key, string Effect)[] s_tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    private readonly ObjectStore _store = operations.Store;

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.DaemonSet ? [change.Last.Key]
        : change.Kind == KindTable.Pod ? _store.KeysOfOwner(change, KindTable.DaemonSet)
        : change.Kind == KindTable.Node ? _store.List(KindTable.DaemonSet).Select(static set => set.Key)
        : [];

    public DateTimeOffset? Due { get; private set; }

    public void Reconcile(string? @namespace, string name)
    {
        Due = null;
        if (_store.Find(KindTable.DaemonSet, @namespace, name) is not { } set || set.Body.IsTerminating())
            return;
        string revision = NameGenerator.Hash(JsonWriting.Sorted(set.Body.At("spec", "template")).ToUtf8());
        List<StoredObject> nodes = [.. _store.List(KindTable.Node).Where(node => MayBeOn(set, node))];
        ApiException? refusal = Converge(set, nodes, revision);
        WriteStatus(set, nodes, revision);
        if (refusal is not null)
            throw refusal;
    }

    private ApiException? Converge(StoredObject set, List<StoredObject> nodes, string revision)
    {
        ApiException? refusal = null;
        ILookup<string?, StoredObject> pods = PodsByNode(set);
        foreach (StoredObject surplus in pods.Where(group => !nodes.Exists(node => node.Name == group.Key))
            .SelectMany(static group => group).Where(static pod => !pod.Body.IsTerminating()))
        {
            Delete(set, surplus);
        }

        int away = 0;
        List<StoredObject> old = [];
        foreach (StoredObject node in nodes)
        {
            List<StoredObject> here = [.. pods[node.Name]];
            foreach (StoredObject ended in here.Where(static pod =>
                !pod.Body.IsTerminating() && pod.Body.Text("status", "phase") is "Failed" or "Succeeded"))
            {
                Delete(set, ended);
            }

            StoredObject? pod = here.Find(static pod => !pod.Body.IsTerminating());
            if (here.Count == 0)
                refusal ??= Create(set, node, revision);
            if (pod is null || !(pod.AvailableAt(set) <= time.GetUtcNow()))
                away++;
            if (pod is not null && pod.Body.Text("metadata", "labels", RevisionLabel) != revision)
                old.Add(pod);
        }

        // Missing pods count against the pods that an update may remove.
        if (set.Body.Text("spec", "updateStrategy", "type") == "RollingUpdate")
        {
            bool IsAway(StoredObject pod) => !(pod.AvailableAt(set) <= time.GetUtcNow());
            foreach (StoredObject pod in old.OrderByDescending(IsAway))
            {
                if (!IsAway(pod) && away++ >= MaxUnavailable(set, nodes.Count))
                    break;
                Delete(set, pod);
            }
        }

        return refusal;
    }

    private static int MaxUnavailable(StoredObject set, int nodes)
    {
        JsonNode? share = set.Body.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
        return share.Text() is { } percent && int.TryParse(percent.TrimEnd('%'), CultureInfo.InvariantCulture, out int part)
            ? Math.Max(1, (int)Math.Ceiling(nodes * part / 100.0))
            : (int)Math.Max(1, share.Number() ?? 1);
    }

    private bool MayBeOn(StoredObject set, StoredObject node)
    {
        JsonNode? spec = set.Body.At("spec", "template", "spec");
        bool Tolerated(JsonObject taint) => taint.Text("effect") == "PreferNoSchedule"
            || s_tolerated.Contains((taint.Text("key") ?? "", taint.Text("effect") ?? ""))
            || spec.Items("tolerations").Any(toleration => Scheduler.Tolerates(toleration, taint));
        return LabelSelector.FromMap(spec.At("nodeSelector")).Matches(node.Body)
            && (spec.Text("nodeName") is not { Length: > 0 } named || named == node.Name)
            && node.Body.Items("spec", "taints").All(Tolerated);
    }

    private ILookup<string?, StoredObject> PodsByNode(StoredObject set) =>
        _store.Claim(KindTable.Pod, set).ToLookup(static pod => pod.NodeName);

    private ApiException? Create(StoredObject set, StoredObject node, string revision)
    {
        string generation = (set.Body.Number("metadata", "generation") ?? 1).ToString(CultureInfo.InvariantCulture);
        JsonObject pod = Ownership.PodFromTemplate(
            set, set.Body.At("spec", "template"), [new(RevisionLabel, revision), new("pod-template-generation", generation)]);
        pod.Child("metadata")["generateName"] = set.Name + "-";
        JsonObject spec = pod.Child("spec");

        // A real controller leaves the binding to the scheduler, with an affinity to this node.
        spec["nodeName"] = node.Name;
        spec["tolerations"] = new JsonArray(
        [
            .. spec.Items("tolerations").Select(static given => given.Clone()),
            .. s_tolerated.Select(static taint => JsonWriting.Fields(
                ("key", taint.Key), ("operator", "Exists"), ("effect", taint.Effect))),
        ]);
        try
        {
            StoredObject made = operations.Create(KindTable.Pod, set.Namespace, pod);
            events.Record(set.Body, "Normal", "SuccessfulCreate", $"Created pod: {made.Name}", "daemonset-controller");
            return null;
        }
        catch (ApiException exception)
        {
            events.Record(set.Body, "Warning", "FailedCreate", $"Error creating: {exception.Message}", "daemonset-controller");
            return exception;
        }
    }

    private void Delete(StoredObject set, StoredObject pod)
    {
        operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, new DeleteOptions());
        events.Record(set.Body, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name}", "daemonset-controller");
    }

    private void WriteStatus(StoredObject set, List<StoredObject> nodes, string revision)
    {
        ILookup<string?, StoredObject> pods = PodsByNode(set);
        List<StoredObject> wanted = [.. nodes.SelectMany(node => pods[node.Name]).Where(static pod => !pod.Body.IsTerminating())];
        int misplaced = pods.Count(group => !nodes.Exists(node => node.Name == group.Key));
        DateTimeOffset now = time.GetUtcNow();
        List<DateTimeOffset?> available = [.. wanted.Select(pod => pod.AvailableAt(set))];
        Due = available.Where(at => at > now).Min();
        int there = available.Count(at => at <= now);
        _store.UpdateStatus(set, FieldOwners.ByControllers, time, body => body["status"] = JsonWriting.Fields(
            ("currentNumberScheduled", wanted.Count),
            ("numberMisscheduled", misplaced),
            ("desiredNumberScheduled", nodes.Count),
            ("numberReady", wanted.Count(static pod => pod.Body.IsReady())),
            ("observedGeneration", set.Body.Number("metadata", "generation")),
            ("updatedNumberScheduled", JsonWriting.UnlessZero(
                wanted.Count(pod => pod.Body.Text("metadata", "labels", RevisionLabel) == revision))),
            ("numberAvailable", JsonWriting.UnlessZero(there)),
            ("numberUnavailable", JsonWriting.UnlessZero(nodes.Count - there))));
    }
}
