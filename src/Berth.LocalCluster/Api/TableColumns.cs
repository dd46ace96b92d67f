using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Selectors;

namespace Berth.LocalCluster.Api;

/// <summary>
/// The columns of every kind, as kubectl shows them. <c>columns.txt</c> lists them; values that are not a single field are computed here.
/// </summary>
internal static class TableColumns
{
    private static readonly Dictionary<string, Func<JsonObject, DateTimeOffset, string>> s_readers = new(StringComparer.Ordinal)
    {
        ["age"] = (item, now) => TableWriter.Age(item.Text("metadata", "creationTimestamp"), now),
        ["containers"] = (pod, _) => ReadyContainers(pod),
        ["state"] = (pod, _) => PodState(pod),
        ["restarts"] = Restarts,
        ["ready"] = (set, _) => $"{set.Number("status", "readyReplicas") ?? 0}/{set.Number("spec", "replicas")}",
        ["names"] = (set, _) => OfContainers(set, "name"),
        ["images"] = (set, _) => OfContainers(set, "image"),
        ["selector"] = (set, _) => LabelSelector.Pairs(set.At("spec", "selector", "matchLabels")),
        ["chosen"] = (service, _) => OrNone(LabelSelector.Pairs(service.At("spec", "selector"))),
        ["chosen-nodes"] = (set, _) => OrNone(LabelSelector.Pairs(set.At("spec", "template", "spec", "nodeSelector"))),
        ["count"] = (item, _) => (item.Map("data").Count() + item.Map("binaryData").Count()).ToString(CultureInfo.InvariantCulture),
        ["external"] = (service, _) => ExternalAddress(service),
        ["ports"] = (service, _) => OrNone(string.Join(',', service.Items("spec", "ports").Select(Port))),
        ["node"] = (node, _) => (node.IsReady() ? "Ready" : "NotReady") + (node.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : ""),
        ["internal-ip"] = (node, _) => Address(node, "InternalIP"),
        ["external-ip"] = (node, _) => Address(node, "ExternalIP"),
        ["kernel"] = (node, _) => $"{node.Text("status", "nodeInfo", "kernelVersion")} ({node.Text("status", "nodeInfo", "architecture")})",
        ["numbers"] = (slice, _) => Few(slice.Items("ports").Select(PortNumber)),
        ["endpoints"] = (slice, _) => Few(slice.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses"))),
        ["role"] = (binding, _) => $"{binding.Text("roleRef", "kind")}/{binding.Text("roleRef", "name")}",
        ["users"] = (binding, _) => Subjects(binding, "User"),
        ["groups"] = (binding, _) => Subjects(binding, "Group"),
        ["accounts"] = (binding, _) => Subjects(binding, "ServiceAccount"),
        ["access"] = (claim, _) => string.Join(',', claim.Texts("status", "accessModes").Select(ShortMode)),
        ["controller"] = (item, _) => Controller(item),
        ["object"] = (item, _) => $"{item.Text("involvedObject", "kind")?.ToLowerInvariant()}/{item.Text("involvedObject", "name")}",
        ["nothing"] = static (_, _) => "0",
        ["job-state"] = static (job, _) => StoredColumns.JobState(job),
        ["completions"] = static (job, _) => StoredColumns.Completions(job),
        ["suspended"] = static (job, _) => job.Flag("spec", "suspend") ? "True" : "False",
        ["job-names"] = static (job, _) => OfContainers(job.At("spec", "jobTemplate"), "name"),
        ["job-images"] = static (job, _) => OfContainers(job.At("spec", "jobTemplate"), "image"),
        ["reference"] = static (scaler, _) => StoredColumns.Reference(scaler),
        ["targets"] = static (scaler, _) => StoredColumns.Targets(scaler),
        ["pod-selector"] = static (policy, _) => OrNone(LabelSelector.Pairs(policy.At("spec", "podSelector", "matchLabels"))),
        ["hosts"] = static (ingress, _) => StoredColumns.Hosts(ingress),
        ["ingress-ports"] = static (ingress, _) => ingress.Items("spec", "tls").Any() ? "80, 443" : "80",
        ["modes"] = static (volume, _) => string.Join(',', volume.Texts("spec", "accessModes").Select(ShortMode)),
        ["claim"] = static (volume, _) => StoredColumns.Claim(volume),
        ["storage-class"] = static (item, _) => StoredColumns.StorageClass(item),
        ["webhooks"] = static (item, _) => StoredColumns.Count(item, "webhooks"),
        ["validations"] = static (item, _) => StoredColumns.Count(item, "spec", "validations"),
        ["param-kind"] = static (item, _) => StoredColumns.ParamKind(item),
        ["last"] = (item, now) => TableWriter.Age(item.Text("lastTimestamp"), now),
        ["first"] = (item, now) => TableWriter.Age(item.Text("firstTimestamp"), now),
    };

    private static readonly Lazy<Dictionary<string, TableColumn[]>> s_columns = new(ReadColumns);

    public static IReadOnlyList<TableColumn> Of(ResourceKind kind) => s_columns.Value.GetValueOrDefault(kind.Type) ?? s_columns.Value["*"];

    /// <summary>
    /// The text that kubectl shows under STATUS: a container's trouble before the phase, a deletion before both until they have ended.
    /// </summary>
    public static string PodState(JsonObject pod)
    {
        if (pod.IsTerminating() && pod.Text("status", "phase") is not ("Succeeded" or "Failed"))
            return "Terminating";
        if (pod.Condition("Initialized").Text("status") == "False" && InitState(pod) is { } init)
            return init;
        JsonObject? state = pod.Items("status", "containerStatuses")
            .Select(status => status["state"])
            .OfType<JsonObject>()
            .FirstOrDefault(state => state["running"] is null);
        return state.Text("waiting", "reason") ?? state.Text("terminated", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
    }

    /// <summary>
    /// While a pod is initialised: the reason of the current container if it has a problem, otherwise the number of finished ones.
    /// </summary>
    private static string? InitState(JsonObject pod)
    {
        List<JsonObject> specs = [.. pod.Items("spec", "initContainers")];
        foreach ((int index, JsonObject status) in pod.Items("status", "initContainerStatuses").Index())
        {
            if (status.Number("state", "terminated", "exitCode") == 0 || (PodStatus.IsSidecar(specs[index]) && status.Flag("started")))
                continue;
            string? trouble = status.Text("state", "terminated", "reason") ?? status.Text("state", "waiting", "reason");
            return trouble is null or "PodInitializing" ? $"Init:{index}/{specs.Count}" : $"Init:{trouble}";
        }

        return null;
    }

    public static int RestartCount(JsonObject pod) => (int)pod.Items("status", "containerStatuses")
        .Concat(pod.Items("status", "initContainerStatuses"))
        .Sum(status => status.Number("restartCount") ?? 0);

    /// <summary>A line of the table is kinds, with commas between them, and their columns.</summary>
    private static Dictionary<string, TableColumn[]> ReadColumns()
    {
        Dictionary<string, TableColumn[]> columns = new(StringComparer.Ordinal);
        foreach (string[] words in FieldTable.Lines("columns.txt", '|').Select(line => line.Split('|')))
        {
            foreach (string kind in words[0].Split(','))
                columns.Add(kind, [.. words.Skip(1).Select(Parse)]);
        }

        return columns;
    }

    private static TableColumn Parse(string text)
    {
        string[] parts = [.. text.TrimStart('+', '#').Split('=', '?'), ""];
        string[] path = parts[1].Split('.');
        string Field(JsonObject item) => item.At(path).Plain() is { Length: > 0 } shown ? shown : parts[2];
        Func<JsonObject, DateTimeOffset, string> read = parts[1].StartsWith('@') ? s_readers[parts[1][1..]] : (item, _) => Field(item);
        bool isTimed = parts[1] is "@age" or "@restarts" or "@last" or "@first";
        return new(parts[0], read, text.StartsWith('+'), text.TrimStart('+').StartsWith('#'), isTimed);
    }

    private static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        string count = RestartCount(pod).ToString(CultureInfo.InvariantCulture);
        string? last = pod.Items("status", "containerStatuses")
            .Select(status => status.Text("lastState", "terminated", "finishedAt"))
            .Max(StringComparer.Ordinal);
        return last is null ? count : $"{count} ({TableWriter.Age(last, now)} ago)";
    }

    private static string ReadyContainers(JsonObject pod)
    {
        HashSet<string?> sidecars = [.. pod.Items("spec", "initContainers").Where(PodStatus.IsSidecar).Select(item => item.Text("name"))];
        int ready = pod.Items("status", "containerStatuses")
            .Concat(pod.Items("status", "initContainerStatuses").Where(status => sidecars.Contains(status.Text("name"))))
            .Count(status => status.Flag("ready"));
        return $"{ready}/{pod.Items("spec", "containers").Count() + sidecars.Count}";
    }

    private static string OfContainers(JsonNode? set, string field) =>
        string.Join(',', set.Items("spec", "template", "spec", "containers").Select(container => container.Text(field)));

    private static string ExternalAddress(JsonObject service) =>
        service.Text("spec", "externalName") ?? (service.Text("spec", "type") == "LoadBalancer" ? "<pending>" : "<none>");

    private static string Port(JsonObject port)
    {
        string open = port.Number("nodePort") is { } number ? $":{number}" : "";
        return $"{port.Number("port")}{open}/{port.Text("protocol")}";
    }

    private static string PortNumber(JsonObject port) => port.Number("port")?.ToString(CultureInfo.InvariantCulture) ?? "*";

    private static string Controller(JsonObject item)
    {
        JsonObject? owner = item.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller"));
        return owner is null ? "<none>" : $"{owner.Text("kind")?.ToLowerInvariant()}.apps/{owner.Text("name")}";
    }

    private static string Subjects(JsonObject binding, string kind)
    {
        IEnumerable<JsonObject> subjects = binding.Items("subjects").Where(subject => subject.Text("kind") == kind);
        string Place(JsonObject subject) => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/" : "";
        return string.Join(", ", subjects.Select(subject => Place(subject) + subject.Text("name")));
    }

    private static string Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address") ?? "<none>";

    private static string Few(IEnumerable<string> values)
    {
        List<string> all = [.. values];
        string more = all.Count > 3 ? $" + {all.Count - 3} more..." : "";
        return all.Count == 0 ? "<unset>" : string.Join(',', all.Take(3)) + more;
    }

    /// <summary>An access mode in the short form that kubectl shows: <c>RWO</c> for ReadWriteOnce.</summary>
    private static string ShortMode(string mode) => string.Concat(mode.Where(char.IsAsciiLetterUpper)) switch
    {
        "ROM" => "ROX",
        "RWM" => "RWX",
        var letters => letters,
    };

    private static string OrNone(string text) => text.Length == 0 ? "<none>" : text;
}
