namespace Berth.LocalCluster.Controllers;

/// <summary>As many pods as asked for; of too many, those not ready go first, then the youngest.</summary>
internal sealed class ReplicaSetController(ObjectOperations operations, EventRecorder events) : IController
{
    private readonly ObjectStore _store = operations.Store;

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.ReplicaSet ? [change.Last.Key]
        : change.Kind == KindTable.Pod ? Ownership.KeysOfOwner(change, KindTable.ReplicaSet) : [];

    public void Reconcile(string? @namespace, string name)
    {
        if (_store.Find(KindTable.ReplicaSet, @namespace, name) is not { } set || set.Body.IsTerminating())
            return;
        List<StoredObject> alive = Alive(set);
        int wanted = (int)(set.Body.Number("spec", "replicas") ?? 1);
        for (int i = alive.Count; i < wanted; i++)
        {
            JsonObject pod = Ownership.PodFromTemplate(set, set.Body.At("spec", "template"), []);
            pod.Child("metadata")["generateName"] = set.Name + "-";
            StoredObject created = operations.Create(KindTable.Pod, set.Namespace, pod);
            events.Record(set.Body, "Normal", "SuccessfulCreate", $"Created pod: {created.Name}", "replicaset-controller");
        }

        foreach (StoredObject pod in alive.OrderBy(pod => pod.Body.IsReady()).ThenByDescending(pod => pod.Version).Take(alive.Count - wanted))
        {
            operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, new DeleteOptions());
            events.Record(set.Body, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name}", "replicaset-controller");
        }

        alive = Alive(set);
        int ready = alive.Count(pod => pod.Body.IsReady());
        _store.Update(set, body => body["status"] = JsonWriting.Fields(
            ("replicas", alive.Count),
            ("fullyLabeledReplicas", JsonWriting.UnlessZero(alive.Count)),
            ("readyReplicas", JsonWriting.UnlessZero(ready)),
            ("availableReplicas", JsonWriting.UnlessZero(ready)),
            ("terminatingReplicas", _store.Owned(KindTable.Pod, set).Count(pod => pod.Body.IsTerminating())),
            ("observedGeneration", set.Body.Number("metadata", "generation"))));
    }

    private List<StoredObject> Alive(StoredObject set) =>
        [.. _store.Owned(KindTable.Pod, set).Where(pod => !pod.Body.IsTerminating() && pod.Body.Text("status", "phase") is not ("Failed" or "Succeeded"))];
}
