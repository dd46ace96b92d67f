namespace Berth.Planning.Placement;

/// <summary>Taints of nodes, and the tolerations of pods.</summary>
internal static class Taints
{
    /// <summary>True when a pod may be scheduled in spite of the node's taints.</summary>
    public static bool AreTolerated(JsonNode? node, JsonObject podSpec) => node.Items("spec", "taints")
        .Where(static taint => taint.Text("effect") is "NoSchedule" or "NoExecute")
        .All(taint => podSpec.Items("tolerations").Any(toleration => Tolerates(toleration, taint)));

    /// <summary>True when a pod tolerates the taint that nodes of a control plane usually have.</summary>
    public static bool ToleratesControlPlane(JsonObject podSpec) =>
        podSpec.Items("tolerations").Any(static toleration => Tolerates(
            toleration, new JsonObject { ["key"] = "node-role.kubernetes.io/control-plane", ["effect"] = "NoSchedule" }));

    // https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    private static bool Tolerates(JsonObject toleration, JsonObject taint)
    {
        if (toleration.Text("effect") is { Length: > 0 } effect && effect != taint.Text("effect"))
            return false;
        bool exists = toleration.Text("operator") == "Exists";
        if (toleration.Text("key") is not { Length: > 0 } key)
            return exists;
        return key == taint.Text("key") && (exists || (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));
    }
}
