namespace Berth.LocalCluster.Objects;

/// <summary>
/// Computes the quality-of-service class of a pod from its requests and limits: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
/// </summary>
internal static class PodQuality
{
    public static string Of(JsonObject pod)
    {
        List<JsonNode?> resources =
        [
            .. pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers")).Select(container => container["resources"]),
        ];
        if (!resources.Any(asked => asked.Map("requests").Concat(asked.Map("limits")).Any()))
            return "BestEffort";
        static bool Fixed(JsonNode? asked, string what) =>
            asked.At("limits", what) is { } limit && JsonNode.DeepEquals(asked.At("requests", what) ?? limit, limit);
        return resources.TrueForAll(asked => Fixed(asked, "cpu") && Fixed(asked, "memory")) ? "Guaranteed" : "Burstable";
    }
}
