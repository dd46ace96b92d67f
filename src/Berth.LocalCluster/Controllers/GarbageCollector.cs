using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>Deletes the dependents of a deleted owner: after it, before it (foreground), or not at all (orphan).</summary>
internal sealed class GarbageCollector(ObjectOperations operations) : IController
{
    private readonly ObjectStore _store = operations.Store;

    /// <summary>Keys are <c>/uid</c> of an owner.</summary>
    public IEnumerable<string> Affected(Change change)
    {
        // Events and pods own nothing.
        if (change.Kind != KindTable.Event && change.Kind != KindTable.Pod && (change.After is null || change.Last.Body.IsTerminating()))
            yield return "/" + change.Last.Uid;
        foreach (JsonObject owner in change.Last.Body.Items("metadata", "ownerReferences"))
            yield return "/" + owner.Text("uid");
    }

    public void Reconcile(string? @namespace, string name)
    {
        List<StoredObject> dependents = [.. _store.Kinds.All.SelectMany(kind => _store.List(kind)).Where(item => item.IsOwnedBy(name))];
        StoredObject? owner = _store.Kinds.All.SelectMany(kind => _store.List(kind)).FirstOrDefault(item => item.Uid == name);
        if (owner is null)
        {
            dependents.ForEach(item => Delete(item, null));
        }
        else if (owner.Body.IsTerminating() && Has(owner, "foregroundDeletion"))
        {
            dependents.ForEach(item => Delete(item, item.Kind.HasScale ? "Foreground" : null));
            if (dependents.Count == 0)
                Release(owner, "foregroundDeletion");
        }
        else if (owner.Body.IsTerminating() && Has(owner, "orphan"))
        {
            dependents.ForEach(item => _store.Update(item, body => body.Child("metadata").Remove("ownerReferences")));
            Release(owner, "orphan");
        }
    }

    private void Delete(StoredObject item, string? policy)
    {
        if (!item.Body.IsTerminating())
            operations.Delete(item.Kind, item.Namespace, item.Name, new DeleteOptions(null, policy, item.Uid));
    }

    private void Release(StoredObject owner, string finalizer) => _store.Update(owner, body =>
    {
        IEnumerable<string> left = body.Texts("metadata", "finalizers").Where(item => item != finalizer);
        body.Child("metadata")["finalizers"] = JsonWriting.TextArray(left);
    });

    private static bool Has(StoredObject owner, string finalizer) =>
        owner.Body.Texts("metadata", "finalizers").Contains(finalizer, StringComparer.Ordinal);
}
