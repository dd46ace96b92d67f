using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Runtime;

/// <summary>The three states of a container, as its pod's status has them.</summary>
internal static class ContainerState
{
    public static JsonObject Waiting(string reason, string? message = null) =>
        new() { ["waiting"] = JsonWriting.Fields(("reason", reason), ("message", message)) };

    public static JsonObject Running(DateTimeOffset began) =>
        new() { ["running"] = new JsonObject { ["startedAt"] = JsonWriting.Timestamp(began) } };

    public static JsonObject Terminated(
        int code, string reason, string? message, DateTimeOffset began, DateTimeOffset ended, string? containerId) => new()
    {
        ["terminated"] = JsonWriting.Fields(
            ("exitCode", code),
            ("reason", reason),
            ("message", message),
            ("startedAt", JsonWriting.Timestamp(began)),
            ("finishedAt", JsonWriting.Timestamp(ended)),
            ("containerID", containerId)),
    };
}
