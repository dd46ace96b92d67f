using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// The claims of a StatefulSet's pods. They are created before the pod and stay after it: TEMPLATE-SET-ORDINAL, as in
/// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage.
/// </summary>
internal sealed class StatefulSetClaims(ObjectOperations operations, EventRecorder events)
{
    /// <summary>Creates the missing claims of a pod. Returns the reason if one could not be created, otherwise null.</summary>
    public ApiException? Create(StoredObject set, string pod)
    {
        foreach (JsonObject template in set.Body.Items("spec", "volumeClaimTemplates"))
        {
            string name = NameOf(template, pod);
            if (operations.Store.Find(StoredKinds.PersistentVolumeClaim, set.Namespace, name) is not null)
                continue;
            try
            {
                operations.Create(StoredKinds.PersistentVolumeClaim, set.Namespace, New(set, template, name));
                Tell(set, "Normal", "SuccessfulCreate", $"Create Claim {name} Pod {pod} in StatefulSet {set.Name} success");
            }
            catch (ApiException exception)
            {
                string message = $"Create Claim {name} for Pod {pod} in StatefulSet {set.Name} failed error: {exception.Message}";
                Tell(set, "Warning", "FailedCreate", message);
                return exception;
            }
        }

        return null;
    }

    /// <summary>Returns the volumes of a pod. The volume of a claim replaces one with the same name.</summary>
    public static IReadOnlyList<JsonObject> VolumesOf(StoredObject set, string pod, JsonNode? spec)
    {
        JsonObject Claimed(JsonObject template) => JsonWriting.Fields(
            ("name", template.Text("metadata", "name")),
            ("persistentVolumeClaim", new JsonObject { ["claimName"] = NameOf(template, pod) }));
        return
        [
            .. set.Body.Items("spec", "volumeClaimTemplates").Select(Claimed)
                .Concat(spec.Items("volumes").Select(static volume => volume.Clone()))
                .DistinctBy(static volume => volume.Text("name")),
        ];
    }

    private static string NameOf(JsonObject template, string pod) => $"{template.Text("metadata", "name")}-{pod}";

    private static JsonObject New(StoredObject set, JsonObject template, string name)
    {
        JsonObject claim = StoredKinds.PersistentVolumeClaim.NewObject(set.Namespace, name);
        IEnumerable<KeyValuePair<string, string>> labels =
            set.Body.Map("spec", "selector", "matchLabels").Concat(template.Map("metadata", "labels"));
        claim.Child("metadata")["labels"] = JsonWriting.TextMap(labels.DistinctBy(static pair => pair.Key, StringComparer.Ordinal));
        if (template.At("metadata", "annotations") is { } annotations)
            claim.Child("metadata")["annotations"] = annotations.DeepClone();
        if (set.Body.Text("spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted") == "Delete")
            claim.Child("metadata")["ownerReferences"] = Ownership.ControlledBy(set);
        claim["spec"] = template.At("spec")?.DeepClone();
        return claim;
    }

    private void Tell(StoredObject set, string type, string reason, string message) =>
        events.Record(set.Body, type, reason, message, "statefulset-controller");
}
