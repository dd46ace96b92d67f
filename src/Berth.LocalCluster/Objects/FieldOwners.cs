using Berth.LocalCluster.Apply;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>Keeps the owners of an object's fields, when the object is created, changed, or written by a controller.</summary>
internal static class FieldOwners
{
    public const string ByControllers = "kube-controller-manager";
    public const string ByScheduler = "kube-scheduler";
    public const string ByKubelet = "kubelet";

    /// <summary>The fields of a spec that a real server fills in after it has assigned owners: they have none.</summary>
    private static readonly Dictionary<string, string[]> s_filledLate = new(StringComparer.Ordinal)
    {
        ["Pod"] = ["serviceAccountName", "serviceAccount", "priority", "preemptionPolicy", "tolerations"],
        ["Service"] = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"],
    };

    /// <summary>
    /// Returns the owners of a new object. Fields that its creator did not state and that the server fills in late have none.
    /// </summary>
    public static JsonArray OfNew(ResourceKind kind, JsonObject body, string[] stated, string manager, string now)
    {
        JsonObject owned = body.Clone();
        foreach (string field in s_filledLate.GetValueOrDefault(kind.Type, []).Except(stated, StringComparer.Ordinal))
            owned.Child("spec").Remove(field);
        return ManagedFields.Made(kind.Type, owned, manager, now);
    }

    /// <summary>
    /// Returns the owners after a change that was not an apply, or null without owners. The client may also send the list of owners:
    /// kubectl does so to take over the fields of a client-side apply. An empty list removes all owners.
    /// </summary>
    public static JsonNode? After(
        ResourceKind kind, JsonObject before, JsonObject after, JsonNode? stated, FieldManager manager, TimeProvider time)
    {
        JsonNode? noted = before.At("metadata", "managedFields");
        if (stated is JsonArray { Count: 0 } or JsonArray { Count: 1 } and [JsonObject { Count: 0 }])
            return null;
        if (stated is not JsonArray || JsonNode.DeepEquals(stated, noted))
            return noted is JsonArray { Count: > 0 } ? Followed(kind, before, after, manager, time.Timestamp()) : null;
        JsonObject restated = before.Clone();
        restated.Child("metadata")["managedFields"] = stated.DeepClone();
        return Followed(kind, restated, after, manager, time.Timestamp());
    }

    private static JsonArray Followed(ResourceKind kind, JsonObject before, JsonObject after, FieldManager manager, string now)
    {
        ManagedFields owners = ManagedFields.Of(before);
        owners.Update(kind.Type, before, after, manager, now);
        return owners.Write();
    }

    /// <summary>Changes the status of an object for one of the cluster's own programs, which owns it if the object has owners.</summary>
    public static StoredObject UpdateStatus(
        this ObjectStore store, StoredObject item, string program, TimeProvider time, Action<JsonObject> change, bool binding = false)
    {
        return store.Update(item, Change, binding);

        void Change(JsonObject body)
        {
            JsonObject? before = body.At("metadata", "managedFields") is JsonArray { Count: > 0 } ? body.Clone() : null;
            change(body);
            if (before is not null && !JsonNode.DeepEquals(before, body))
            {
                FieldManager manager = new(program, "Update", "status");
                body.Child("metadata")["managedFields"] = Followed(item.Kind, before, body, manager, time.Timestamp());
            }
        }
    }
}
