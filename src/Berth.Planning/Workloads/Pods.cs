using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>The pods that an object creates: the path of its template, and whether another object already creates them.</summary>
internal static class Pods
{
    private static readonly string[] s_groups = ["apps", "extensions", "apps.kruise.io"];

    // Pods and sets of these owners are counted with the owner.
    private static readonly string[] s_owners =
        ["StatefulSet", "DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "Job", "CronJob"];

    /// <summary>Returns the <c>metadata</c> and <c>spec</c> of the pods of an object. Null when it creates none.</summary>
    public static (JsonNode? Metadata, JsonObject Spec)? Find(PlanObject each)
    {
        JsonNode? template = FindTemplate(each);
        return template.At("spec") is JsonObject spec && !IsOwned(each) && !HasEnded(each) ? (template.At("metadata"), spec) : null;
    }

    /// <summary>True for an object that should create pods, but does not say which.</summary>
    public static bool LacksTemplate(PlanObject each) =>
        each.Kind is "StatefulSet" or "DaemonSet" or "Deployment" or "ReplicaSet" or "Pod"
            && FindTemplate(each).At("spec") is not JsonObject
            && (each.Group.Length == 0 ? each.Kind == "Pod" : s_groups.Contains(each.Group, StringComparer.Ordinal));

    private static JsonNode? FindTemplate(PlanObject each) =>
        each.Kind switch
        {
            "StatefulSet" or "DaemonSet" or "Deployment" or "ReplicaSet" when s_groups.Contains(each.Group, StringComparer.Ordinal) =>
                each.Body.At("spec", "template"),
            "ReplicationController" when each.Group.Length == 0 => each.Body.At("spec", "template"),
            "Job" when each.Group == "batch" => each.Body.At("spec", "template"),
            "CronJob" when each.Group == "batch" => each.Body.At("spec", "jobTemplate", "spec", "template"),
            "Pod" when each.Group.Length == 0 => each.Body,
            _ => null,
        };

    private static bool IsOwned(PlanObject each) => each.Body.Items("metadata", "ownerReferences")
        .Any(static owner => owner.Flag("controller") && s_owners.Contains(owner.Text("kind"), StringComparer.Ordinal));

    private static bool HasEnded(PlanObject each) =>
        each.Kind == "Pod" && each.Body.Text("status", "phase") is "Succeeded" or "Failed";
}
