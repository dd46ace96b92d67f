using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Rules;

/// <summary>What stays as it was when it was created.</summary>
internal static class FixedFields
{
    private static readonly string[] s_statefulSet =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    private static readonly string[] s_pod = ["activeDeadlineSeconds", "tolerations"];

    public static void Check(FieldFaults faults, ResourceKind kind, JsonObject before, JsonObject after)
    {
        if (kind == KindTable.StatefulSet && Differ(before["spec"], after["spec"], s_statefulSet))
        {
            faults.Forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
        else if ((kind == KindTable.Deployment || kind == KindTable.ReplicaSet) && !JsonNode.DeepEquals(before.At("spec", "selector"), after.At("spec", "selector")))
        {
            faults.Invalid("spec.selector", after.At("spec", "selector"), "field is immutable");
        }
        else if (kind == KindTable.Pod && (Differ(WithoutImages(before["spec"]), WithoutImages(after["spec"]), s_pod)
            || !before.Items("spec", "tolerations").All(old => after.Items("spec", "tolerations").Any(now => JsonNode.DeepEquals(old, now)))))
        {
            faults.Forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)");
        }
        else if (kind == KindTable.Service && before.Text("spec", "clusterIP") is { } address && after.Text("spec", "clusterIP") is { } other && other != address)
        {
            faults.Invalid("spec.clusterIPs[0]", JsonWriting.TextArray(other), "may not change once set");
        }
        else if (kind == KindTable.EndpointSlice && before.Text("addressType") != after.Text("addressType"))
        {
            faults.Invalid("addressType", after["addressType"], "field is immutable");
        }
        else if ((kind == KindTable.RoleBinding || kind == KindTable.ClusterRoleBinding) && !JsonNode.DeepEquals(before["roleRef"], after["roleRef"]))
        {
            JsonNode? role = after["roleRef"];
            faults.Invalid("roleRef", new JsonObject { ["APIGroup"] = role.Text("apiGroup"), ["Kind"] = role.Text("kind"), ["Name"] = role.Text("name") }, "cannot change roleRef");
        }
    }

    private static bool Differ(JsonNode? before, JsonNode? after, string[] free)
    {
        static JsonObject Rest(JsonNode? spec, string[] free) =>
            JsonWriting.Fields(((spec as JsonObject) ?? []).Where(pair => !free.Contains(pair.Key, StringComparer.Ordinal)).Select(pair => (pair.Key, pair.Value?.DeepClone())));
        return !JsonNode.DeepEquals(Rest(before, free), Rest(after, free));
    }

    private static JsonNode? WithoutImages(JsonNode? spec)
    {
        JsonNode? copy = spec?.DeepClone();
        foreach (JsonObject container in copy.Items("containers").Concat(copy.Items("initContainers")))
            container.Remove("image");
        return copy;
    }
}
