using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Rules;

/// <summary>The fields that cannot change after creation.</summary>
internal static class FixedFields
{
    private static readonly string[] s_statefulSet =
    [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];

    private static readonly string[] s_pod = ["activeDeadlineSeconds", "tolerations"];

    public static void Check(FieldFaults faults, ResourceKind kind, JsonObject before, JsonObject after)
    {
        if (before.IsTerminating())
            Finalizers(faults, before, after);
        if (kind == KindTable.StatefulSet && Differ(before["spec"], after["spec"], s_statefulSet))
        {
            faults.Forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
                + "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }

        if (kind == KindTable.Deployment || kind == KindTable.ReplicaSet || kind == KindTable.DaemonSet)
            Immutable(faults, "spec.selector", before.At("spec", "selector"), after.At("spec", "selector"));
        if (kind == KindTable.ConfigMap || kind == KindTable.Secret)
            Data(faults, kind, before, after);
        if (kind == KindTable.EndpointSlice)
            Immutable(faults, "addressType", before["addressType"], after["addressType"]);
        if (kind == KindTable.Pod && ChangesPod(before, after))
        {
            faults.Forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)");
        }

        if (kind == KindTable.Service)
            Address(faults, before.Text("spec", "clusterIP"), after.Text("spec", "clusterIP"));
        if (kind == KindTable.RoleBinding || kind == KindTable.ClusterRoleBinding)
            Role(faults, before["roleRef"], after["roleRef"]);
    }

    private static void Finalizers(FieldFaults faults, JsonObject before, JsonObject after)
    {
        string[] added =
        [
            .. after.Texts("metadata", "finalizers").Except(before.Texts("metadata", "finalizers"), StringComparer.Ordinal)
                .Select(static each => $"\"{each}\""),
        ];
        if (added.Length > 0)
        {
            faults.Forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers "
                + $"[]string{{{string.Join(", ", added)}}}");
        }
    }

    /// <summary>https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable</summary>
    private static void Data(FieldFaults faults, ResourceKind kind, JsonObject before, JsonObject after)
    {
        if (kind == KindTable.Secret)
            Immutable(faults, "type", before["type"], after["type"]);
        if (!before.Flag("immutable"))
            return;
        if (!after.Flag("immutable"))
            faults.Forbidden("immutable", "field is immutable when `immutable` is set");
        foreach (string field in (string[])["data", "binaryData"])
        {
            if (!JsonNode.DeepEquals(before[field], after[field]))
                faults.Forbidden(field, "field is immutable when `immutable` is set");
        }
    }

    private static void Immutable(FieldFaults faults, string field, JsonNode? before, JsonNode? after)
    {
        if (!JsonNode.DeepEquals(before, after))
            faults.Invalid(field, after, "field is immutable");
    }

    private static void Address(FieldFaults faults, string? before, string? after)
    {
        if (before is not null && after is not null && after != before)
            faults.Invalid("spec.clusterIPs[0]", JsonWriting.TextArray(after), "may not change once set");
    }

    private static void Role(FieldFaults faults, JsonNode? before, JsonNode? after)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        JsonObject role = new()
        {
            ["APIGroup"] = after.Text("apiGroup"),
            ["Kind"] = after.Text("kind"),
            ["Name"] = after.Text("name"),
        };
        faults.Invalid("roleRef", role, "cannot change roleRef");
    }

    /// <summary>True when a pod has other changes than new images and added tolerations.</summary>
    private static bool ChangesPod(JsonObject before, JsonObject after)
    {
        bool Stays(JsonObject old) => after.Items("spec", "tolerations").Any(now => JsonNode.DeepEquals(old, now));
        return Differ(WithoutImages(before["spec"]), WithoutImages(after["spec"]), s_pod)
            || !before.Items("spec", "tolerations").All(Stays);
    }

    private static bool Differ(JsonNode? before, JsonNode? after, string[] free)
    {
        static JsonObject Rest(JsonNode? spec, string[] free) => JsonWriting.Fields(((spec as JsonObject) ?? [])
            .Where(pair => !free.Contains(pair.Key, StringComparer.Ordinal))
            .Select(pair => (pair.Key, pair.Value?.DeepClone())));
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
