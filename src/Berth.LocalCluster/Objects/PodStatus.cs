using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Objects;

/// <summary>Computes a pod's status from the statuses of its containers: phase, conditions, addresses.</summary>
internal static class PodStatus
{
    /// <param name="pod">The pod. Its status is changed.</param>
    /// <param name="first">The statuses of its init containers, in their order.</param>
    /// <param name="containers">Those of its other containers.</param>
    /// <param name="addresses">The addresses of its node and of the pod.</param>
    /// <param name="time">The clock.</param>
    public static void Write(
        JsonObject pod,
        IReadOnlyList<JsonObject> first,
        IReadOnlyList<JsonObject> containers,
        (string Host, string Pod) addresses,
        TimeProvider time)
    {
        JsonObject status = pod.Child("status");
        List<(JsonObject Status, bool IsSidecar)> init =
            [.. first.Zip(pod.Items("spec", "initContainers"), (state, spec) => (state, IsSidecar(spec)))];
        List<JsonObject> served = [.. init.Where(entry => entry.IsSidecar).Select(entry => entry.Status).Concat(containers)];
        bool allReady = served.TrueForAll(container => container.Flag("ready"));
        string[] incomplete = [.. init.Where(entry => !IsInitialised(entry)).Select(entry => entry.Status.Text("name")!)];
        bool wasInitialised = pod.Condition("Initialized").Text("status") == "True";
        status["phase"] = Phase(pod, init, containers, wasInitialised || incomplete.Length == 0);
        SetCondition(status, "PodScheduled", true, time);
        SetCondition(
            status,
            "Initialized",
            wasInitialised || incomplete.Length == 0,
            time,
            "ContainersNotInitialized",
            $"containers with incomplete status: [{string.Join(' ', incomplete)}]");
        IEnumerable<string?> unready = served.Where(container => !container.Flag("ready")).Select(container => container.Text("name"));
        string? end = status.Text("phase") switch { "Failed" => "PodFailed", "Succeeded" => "PodCompleted", _ => null };
        string? message = end is null ? $"containers with unready status: [{string.Join(' ', unready)}]" : null;
        foreach (string type in new[] { "ContainersReady", "Ready" })
            SetCondition(status, type, allReady, time, end ?? "ContainersNotReady", message);
        status["hostIP"] = addresses.Host;
        status["podIP"] = addresses.Pod;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = addresses.Pod });
        status.Default("startTime", time.Timestamp());
        if (first.Count > 0)
            status["initContainerStatuses"] = new JsonArray([.. first]);
        status["containerStatuses"] = new JsonArray([.. containers]);
        status.Default("qosClass", "BestEffort");
    }

    /// <summary>Sets a condition. Its transition time changes only with its status. Null means unknown.</summary>
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

    /// <summary>True for an init container that continues to run beside the others (a sidecar).</summary>
    public static bool IsSidecar(JsonNode? container) => container.Text("restartPolicy") == "Always";

    /// <summary>Returns the restart policy of a container: its own, or else that of its pod.</summary>
    public static string RestartPolicy(JsonNode? pod, JsonNode? container) =>
        container.Text("restartPolicy") ?? pod.Text("spec", "restartPolicy") ?? "Always";

    private static bool IsInitialised((JsonObject Status, bool IsSidecar) container) => container.IsSidecar
        ? container.Status.Flag("started")
        : container.Status.Number("state", "terminated", "exitCode") == 0;

    private static string Phase(
        JsonObject pod, List<(JsonObject Status, bool IsSidecar)> init, IReadOnlyList<JsonObject> containers, bool initialised)
    {
        bool isLost = pod.Text("spec", "restartPolicy") == "Never"
            && init.Exists(entry => !entry.IsSidecar && entry.Status.Number("state", "terminated", "exitCode") is not (null or 0));
        if (!initialised)
            return isLost ? "Failed" : "Pending";
        bool good = containers.All(container => container.Number("state", "terminated", "exitCode") == 0);
        bool IsOver(JsonObject status, JsonObject spec) => status.At("state", "terminated") is not null
            && (pod.IsTerminating() || RestartPolicy(pod, spec) == "Never"
                || (RestartPolicy(pod, spec) == "OnFailure" && status.Number("state", "terminated", "exitCode") == 0));
        if (containers.Zip(pod.Items("spec", "containers"), IsOver).All(static over => over))
            return good ? "Succeeded" : "Failed";
        bool everRan = containers.Any(container =>
            container.At("state", "waiting") is null || container.At("lastState", "terminated") is not null);
        return everRan ? "Running" : "Pending";
    }
}
