using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Objects;

/// <summary>A pod's status, from its containers': phase, conditions, addresses.</summary>
internal static class PodStatus
{
    public static void Write(JsonObject pod, IReadOnlyList<JsonObject> containers, (string Host, string Pod) addresses, TimeProvider time)
    {
        JsonObject status = pod.Child("status");
        bool allReady = containers.All(container => container.Flag("ready"));
        status["phase"] = Phase(pod, containers);
        SetCondition(status, "PodScheduled", true, time);
        SetCondition(status, "Initialized", true, time);
        IEnumerable<string?> unready = containers.Where(container => !container.Flag("ready")).Select(container => container.Text("name"));
        string? end = status.Text("phase") switch { "Failed" => "PodFailed", "Succeeded" => "PodCompleted", _ => null };
        string? message = end is null ? $"containers with unready status: [{string.Join(' ', unready)}]" : null;
        foreach (string type in new[] { "ContainersReady", "Ready" })
            SetCondition(status, type, allReady, time, end ?? "ContainersNotReady", message);
        status["hostIP"] = addresses.Host;
        status["podIP"] = addresses.Pod;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = addresses.Pod });
        status.Default("startTime", time.Timestamp());
        status["containerStatuses"] = new JsonArray([.. containers]);
        status.Default("qosClass", "BestEffort");
    }

    /// <summary>Sets a condition; its transition time moves only when its status does. Null is unknown.</summary>
    public static void SetCondition(
        JsonObject status, string type, bool? value, TimeProvider time, string? reason = null, string? message = null)
    {
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        string text = value switch { true => "True", false => "False", _ => "Unknown" };
        JsonObject? condition = conditions.OfType<JsonObject>().FirstOrDefault(item => item.Text("type") == type);
        if (condition is null)
            conditions.Add((JsonNode)(condition = new JsonObject { ["type"] = type }));
        if (condition.Text("status") != text)
        {
            condition["status"] = text;
            condition["lastProbeTime"] = null;
            condition["lastTransitionTime"] = time.Timestamp();
        }

        foreach ((string name, string? why) in new[] { ("reason", reason), ("message", message) })
        {
            condition.Remove(name);
            if (value != true && why is not null)
                condition[name] = why;
        }
    }

    private static string Phase(JsonObject pod, IReadOnlyList<JsonObject> containers)
    {
        bool ended = containers.All(container => container.At("state", "terminated") is not null);
        bool good = containers.All(container => container.Number("state", "terminated", "exitCode") == 0);
        string policy = pod.Text("spec", "restartPolicy") ?? "Always";
        if (ended && (pod.IsTerminating() || policy == "Never" || (policy == "OnFailure" && good)))
            return good ? "Succeeded" : "Failed";
        bool everRan = containers.Any(container =>
            container.At("state", "waiting") is null || container.At("lastState", "terminated") is not null);
        return everRan ? "Running" : "Pending";
    }
}
