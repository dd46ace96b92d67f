using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Objects;

/// <summary>The status of a new object before a controller has seen it, for kinds whose status is not empty then.</summary>
internal static class FirstStatus
{
    private static readonly Dictionary<string, string> s_texts = new(StringComparer.Ordinal)
    {
        ["DaemonSet"] = """{"currentNumberScheduled":0,"numberMisscheduled":0,"desiredNumberScheduled":0,"numberReady":0}""",
        ["PodDisruptionBudget"] = """{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}""",
        ["HorizontalPodAutoscaler"] = """{"desiredReplicas":0,"currentMetrics":null}""",
        ["Ingress"] = """{"loadBalancer":{}}""",
        ["PersistentVolume"] = """{"phase":"Available"}""",
        ["Job"] = "{}",
        ["CronJob"] = "{}",
        ["ResourceQuota"] = "{}",
        ["ValidatingAdmissionPolicy"] = "{}",
    };

    public static JsonObject? Of(ResourceKind kind) =>
        s_texts.TryGetValue(kind.Type, out string? text) ? (JsonObject?)JsonNode.Parse(text) : null;
}
