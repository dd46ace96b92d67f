namespace Berth.LocalCluster.Json;

/// <summary>Reads the state of Kubernetes objects without their types.</summary>
internal static class StatusReading
{
    public static bool IsTerminating(this JsonNode? node) => node.At("metadata", "deletionTimestamp") is not null;

    /// <summary>Returns the status of a condition by its type, or null when the object does not state it.</summary>
    public static JsonObject? Condition(this JsonNode? node, string type) =>
        node.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);

    public static bool IsReady(this JsonNode? node) => node.Condition("Ready").Text("status") == "True";
}
