using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Controllers;

/// <summary>Reads and writes owner references.</summary>
internal static class Ownership
{
    public static JsonArray ControlledBy(StoredObject owner) => new(JsonWriting.Fields(
        ("apiVersion", owner.Kind.ApiVersion),
        ("kind", owner.Kind.Kind),
        ("name", owner.Name),
        ("uid", owner.Uid),
        ("controller", true),
        ("blockOwnerDeletion", true)));

    public static bool IsOwnedBy(this StoredObject item, string uid) => item.Owners.Contains(uid, StringComparer.Ordinal);

    /// <summary>
    /// Returns the keys of the owners of a kind that a change affects: the controllers before and after it, or, without a controller, the
    /// owners whose selector matches the object.
    /// </summary>
    public static IEnumerable<string> KeysOfOwner(this ObjectStore store, Change change, ResourceKind kind)
    {
        string? @namespace = change.Last.Namespace;
        IEnumerable<JsonObject> before = change.Before is null ? [] : Controllers(change.Before);
        IEnumerable<string> owners = Controllers(change.Last)
            .Concat(before)
            .Where(owner => owner.Text("kind") == kind.Kind)
            .Select(owner => ResourceKind.Key(@namespace, owner.Text("name")!));
        IEnumerable<string> fitting = change.Last.Owners.Count > 0
            ? []
            : store.List(kind, @namespace).Where(set => Selector(set).Matches(change.Last.Body)).Select(set => set.Key);
        return owners.Concat(fitting).Distinct(StringComparer.Ordinal);
    }

    /// <summary>
    /// Returns the dependents of an owner, after it has released those that no longer match its selector and adopted those that match.
    /// </summary>
    public static List<StoredObject> Claim(
        this ObjectStore store, ResourceKind kind, StoredObject owner, Func<StoredObject, bool>? may = null)
    {
        LabelSelector selector = Selector(owner);
        bool Fits(StoredObject item) => selector.Matches(item.Body) && may?.Invoke(item) != false;
        bool IsFree(StoredObject item) => item.Owners.Count == 0 && Fits(item) && !item.Body.IsTerminating();
        StoredObject Owned(StoredObject item) => item.Owners.Count > 0
            ? item
            : store.Update(item, body => body.Child("metadata")["ownerReferences"] = ControlledBy(owner));
        List<StoredObject> all = [.. store.List(kind, owner.Namespace).Where(item => item.IsOwnedBy(owner.Uid) || IsFree(item))];
        foreach (StoredObject lost in all.Where(item => item.Owners.Count > 0 && !Fits(item) && !item.Body.IsTerminating()))
            store.Update(lost, body => body.Child("metadata").Remove("ownerReferences"));
        return [.. all.Where(item => Fits(item) || item.Body.IsTerminating()).Select(Owned)];
    }

    /// <summary>
    /// Returns the time at which a pod counts as available, with minReadySeconds of its owner; null while it is not ready.
    /// </summary>
    public static DateTimeOffset? AvailableAt(this StoredObject pod, StoredObject owner)
    {
        if (!pod.Body.IsReady())
            return null;
        TimeSpan wait = LongWait.Seconds(owner.Body.Number("spec", "minReadySeconds") ?? 0);
        return JsonWriting.ParseTimestamp(pod.Body.Condition("Ready").Text("lastTransitionTime"))?.After(wait);
    }

    private static LabelSelector Selector(StoredObject owner) => LabelSelector.FromSpec(owner.Body.At("spec", "selector"));

    private static IEnumerable<JsonObject> Controllers(StoredObject item) =>
        item.Body.Items("metadata", "ownerReferences").Where(owner => owner.Flag("controller"));

    /// <summary>Creates a pod from its template, with additional labels.</summary>
    public static JsonObject PodFromTemplate(StoredObject owner, JsonNode? template, IEnumerable<KeyValuePair<string, string>> labels)
    {
        JsonObject pod = KindTable.Pod.NewObject(owner.Namespace, "");
        JsonObject metadata = pod.Child("metadata");
        metadata.Remove("name");
        IEnumerable<KeyValuePair<string, string>> all = template.Map("metadata", "labels").Concat(labels);
        metadata["labels"] = JsonWriting.TextMap(all.DistinctBy(pair => pair.Key, StringComparer.Ordinal));
        if (template.At("metadata", "annotations") is { } annotations)
            metadata["annotations"] = annotations.DeepClone();
        metadata["ownerReferences"] = ControlledBy(owner);
        pod["spec"] = template.At("spec")!.DeepClone();
        return pod;
    }
}
