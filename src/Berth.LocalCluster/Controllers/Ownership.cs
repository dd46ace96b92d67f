namespace Berth.LocalCluster.Controllers;

/// <summary>Owner references: who made whom.</summary>
internal static class Ownership
{
    public static JsonArray ControlledBy(StoredObject owner) => new(JsonWriting.Fields(
        ("apiVersion", owner.Kind.ApiVersion), ("kind", owner.Kind.Kind), ("name", owner.Name), ("uid", owner.Uid), ("controller", true), ("blockOwnerDeletion", true)));

    public static bool IsOwnedBy(this StoredObject item, string uid) => item.Owners.Contains(uid, StringComparer.Ordinal);

    /// <summary>The key of the object's controller, where that is of a kind.</summary>
    public static IEnumerable<string> KeysOfOwner(Change change, ResourceKind kind) => change.Last.Body.Items("metadata", "ownerReferences")
        .Where(owner => owner.Flag("controller") && owner.Text("kind") == kind.Kind)
        .Select(owner => ResourceKind.Key(change.Last.Namespace, owner.Text("name")!));

    public static IReadOnlyList<StoredObject> Owned(this ObjectStore store, ResourceKind kind, StoredObject owner) =>
        [.. store.List(kind, owner.Namespace).Where(item => item.IsOwnedBy(owner.Uid))];

    /// <summary>A pod as its template says, with labels added.</summary>
    public static JsonObject PodFromTemplate(StoredObject owner, JsonNode? template, IEnumerable<KeyValuePair<string, string>> labels)
    {
        JsonObject pod = KindTable.Pod.NewObject(owner.Namespace, "");
        JsonObject metadata = pod.Child("metadata");
        metadata.Remove("name");
        metadata["labels"] = JsonWriting.TextMap(template.Map("metadata", "labels").Concat(labels).DistinctBy(pair => pair.Key, StringComparer.Ordinal));
        if (template.At("metadata", "annotations") is { } annotations)
            metadata["annotations"] = annotations.DeepClone();
        metadata["ownerReferences"] = ControlledBy(owner);
        pod["spec"] = template.At("spec")!.DeepClone();
        return pod;
    }
}
