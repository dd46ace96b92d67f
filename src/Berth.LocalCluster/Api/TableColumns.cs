using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Selectors;

namespace Berth.LocalCluster.Api;

/// <summary>The columns of every kind, as kubectl users know them: <c>columns.txt</c> names them, and what is more than a field of the object is read here.</summary>
internal static class TableColumns
{
    private static readonly Dictionary<string, Func<JsonObject, DateTimeOffset, string>> s_readers = new(StringComparer.Ordinal)
    {
        ["age"] = (item, now) => TableWriter.Age(item.Text("metadata", "creationTimestamp"), now),
        ["containers"] = (pod, _) => $"{pod.Items("status", "containerStatuses").Count(status => status.Flag("ready"))}/{pod.Items("spec", "containers").Count()}",
        ["state"] = (pod, _) => PodState(pod),
        ["restarts"] = Restarts,
        ["ready"] = (set, _) => $"{set.Number("status", "readyReplicas") ?? 0}/{set.Number("spec", "replicas")}",
        ["names"] = (set, _) => string.Join(',', set.Items("spec", "template", "spec", "containers").Select(container => container.Text("name"))),
        ["images"] = (set, _) => string.Join(',', set.Items("spec", "template", "spec", "containers").Select(container => container.Text("image"))),
        ["selector"] = (set, _) => LabelSelector.Pairs(set.At("spec", "selector", "matchLabels")),
        ["chosen"] = (service, _) => OrNone(LabelSelector.Pairs(service.At("spec", "selector"))),
        ["external"] = (service, _) => service.Text("spec", "externalName") ?? (service.Text("spec", "type") == "LoadBalancer" ? "<pending>" : "<none>"),
        ["ports"] = (service, _) => OrNone(string.Join(',', service.Items("spec", "ports").Select(port => $"{port.Number("port")}{(port.Number("nodePort") is { } open ? $":{open}" : "")}/{port.Text("protocol")}"))),
        ["node"] = (node, _) => (node.IsReady() ? "Ready" : "NotReady") + (node.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : ""),
        ["internal-ip"] = (node, _) => Address(node, "InternalIP"),
        ["external-ip"] = (node, _) => Address(node, "ExternalIP"),
        ["kernel"] = (node, _) => $"{node.Text("status", "nodeInfo", "kernelVersion")} ({node.Text("status", "nodeInfo", "architecture")})",
        ["numbers"] = (slice, _) => Few(slice.Items("ports").Select(port => port.Number("port")?.ToString(CultureInfo.InvariantCulture) ?? "*")),
        ["endpoints"] = (slice, _) => Few(slice.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses"))),
        ["role"] = (binding, _) => $"{binding.Text("roleRef", "kind")}/{binding.Text("roleRef", "name")}",
        ["users"] = (binding, _) => Subjects(binding, "User"),
        ["groups"] = (binding, _) => Subjects(binding, "Group"),
        ["accounts"] = (binding, _) => Subjects(binding, "ServiceAccount"),
        ["controller"] = (item, _) => item.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is { } owner
            ? $"{owner.Text("kind")?.ToLowerInvariant()}.apps/{owner.Text("name")}" : "<none>",
        ["object"] = (item, _) => $"{item.Text("involvedObject", "kind")?.ToLowerInvariant()}/{item.Text("involvedObject", "name")}",
        ["last"] = (item, now) => TableWriter.Age(item.Text("lastTimestamp"), now),
        ["first"] = (item, now) => TableWriter.Age(item.Text("firstTimestamp"), now),
    };

    private static readonly Lazy<Dictionary<string, TableColumn[]>> s_columns = new(() => FieldTable.Lines("columns.txt").Select(line => line.Split('|'))
        .SelectMany(words => words[0].Split(',').Select(kind => (kind, words[1..]))).ToDictionary(entry => entry.kind, entry => entry.Item2.Select(Parse).ToArray(), StringComparer.Ordinal));

    public static IReadOnlyList<TableColumn> Of(ResourceKind kind) => s_columns.Value.GetValueOrDefault(kind.Kind) ?? s_columns.Value["*"];

    /// <summary>What kubectl shows under STATUS: a container's trouble before the phase, a deletion before both until they have ended.</summary>
    public static string PodState(JsonObject pod)
    {
        if (pod.IsTerminating() && pod.Text("status", "phase") is not ("Succeeded" or "Failed"))
            return "Terminating";
        JsonObject? state = pod.Items("status", "containerStatuses").Select(status => status["state"]).OfType<JsonObject>().FirstOrDefault(state => state["running"] is null);
        return state.Text("waiting", "reason") ?? state.Text("terminated", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
    }

    public static int RestartCount(JsonObject pod) => (int)pod.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0);

    private static TableColumn Parse(string text)
    {
        string[] parts = [.. text.TrimStart('+').Split('=', '?'), ""];
        string[] path = parts[1].Split('.');
        return new(parts[0], parts[1].StartsWith('@') ? s_readers[parts[1][1..]] : (item, _) => item.At(path).Plain() is { Length: > 0 } shown ? shown : parts[2], text.StartsWith('+'));
    }

    private static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        string count = RestartCount(pod).ToString(CultureInfo.InvariantCulture);
        string? last = pod.Items("status", "containerStatuses").Select(status => status.Text("lastState", "terminated", "finishedAt")).Max(StringComparer.Ordinal);
        return last is null ? count : $"{count} ({TableWriter.Age(last, now)} ago)";
    }

    private static string Subjects(JsonObject binding, string kind) => string.Join(", ", binding.Items("subjects").Where(subject => subject.Text("kind") == kind)
        .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/{subject.Text("name")}" : subject.Text("name")));

    private static string Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address") ?? "<none>";

    private static string Few(IEnumerable<string> values) =>
        values.ToList() is { Count: > 0 } all ? string.Join(',', all.Take(3)) + (all.Count > 3 ? $" + {all.Count - 3} more..." : "") : "<unset>";

    private static string OrNone(string text) => text.Length == 0 ? "<none>" : text;
}
