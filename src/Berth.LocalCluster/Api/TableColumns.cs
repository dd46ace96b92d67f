using System.Globalization;
using System.Text.Json.Nodes;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Api;

/// <summary>The columns of every kind, as kubectl users know them.</summary>
internal static class TableColumns
{
    private static readonly TableColumn Name = new("Name", (item, _) => item.Text("metadata", "name")!);
    private static readonly TableColumn Age = new("Age", (item, now) => TableWriter.Age(item.Text("metadata", "creationTimestamp"), now));

    private static readonly Dictionary<ResourceKind, IReadOnlyList<TableColumn>> Columns = new()
    {
        [KindTable.Pod] =
        [
            Name,
            Column("Ready", pod => $"{pod.Items("status", "containerStatuses").Count(status => status.Flag("ready"))}/{pod.Items("spec", "containers").Count()}"),
            Column("Status", PodState),
            new("Restarts", (pod, now) => Restarts(pod, now)),
            Age,
            Wide("IP", pod => pod.Text("status", "podIP") ?? "<none>"),
            Wide("Node", pod => pod.Text("spec", "nodeName") ?? "<none>"),
            Wide("Nominated Node", _ => "<none>"),
            Wide("Readiness Gates", _ => "<none>"),
        ],
        [KindTable.StatefulSet] =
            [Name, Column("Ready", set => $"{Count(set, "readyReplicas")}/{set.Number("spec", "replicas")}"), Age, .. Template("Containers", "Images")],
        [KindTable.Deployment] =
        [
            Name,
            Column("Ready", set => $"{Count(set, "readyReplicas")}/{set.Number("spec", "replicas")}"),
            Column("Up-to-date", set => Count(set, "updatedReplicas")),
            Column("Available", set => Count(set, "availableReplicas")),
            Age,
            .. Template("Containers", "Images"),
            Wide("Selector", SelectorText),
        ],
        [KindTable.ReplicaSet] =
        [
            Name,
            Column("Desired", set => set.Number("spec", "replicas")?.ToString(CultureInfo.InvariantCulture) ?? "0"),
            Column("Current", set => Count(set, "replicas")),
            Column("Ready", set => Count(set, "readyReplicas")),
            Age,
            .. Template("Containers", "Images"),
            Wide("Selector", SelectorText),
        ],
        [KindTable.Service] =
        [
            Name,
            Column("Type", service => service.Text("spec", "type") ?? string.Empty),
            Column("Cluster-IP", service => service.Text("spec", "clusterIP") ?? "<none>"),
            Column("External-IP", service => service.Text("spec", "externalName") ?? "<none>"),
            Column("Port(s)", service => OrNone(string.Join(',', service.Items("spec", "ports").Select(ServicePort)))),
            Age,
            Wide("Selector", service => OrNone(string.Join(',', service.Map("spec", "selector").Select(pair => $"{pair.Key}={pair.Value}")))),
        ],
        [KindTable.Node] =
        [
            Name,
            Column("Status", node => (node.IsReady() ? "Ready" : "NotReady") + (node.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : string.Empty)),
            Column("Roles", _ => "<none>"),
            Age,
            Column("Version", node => node.Text("status", "nodeInfo", "kubeletVersion") ?? string.Empty),
            Wide("Internal-IP", node => Address(node, "InternalIP")),
            Wide("External-IP", node => Address(node, "ExternalIP")),
            Wide("OS-Image", node => OrNone(node.Text("status", "nodeInfo", "osImage"))),
            Wide("Kernel-Version", node => OrNone(node.Text("status", "nodeInfo", "kernelVersion"))),
            Wide("Container-Runtime", node => OrNone(node.Text("status", "nodeInfo", "containerRuntimeVersion"))),
        ],
        [KindTable.EndpointSlice] =
        [
            Name,
            Column("AddressType", slice => slice.Text("addressType") ?? string.Empty),
            Column("Ports", slice => Few(slice.Items("ports").Select(port => port.Number("port")?.ToString(CultureInfo.InvariantCulture) ?? "*"), "<unset>")),
            Column("Endpoints", slice => Few(slice.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses")), "<unset>")),
            Age,
        ],
        [KindTable.Namespace] = [Name, Column("Status", item => item.Text("status", "phase") ?? string.Empty), Age],
        [KindTable.ServiceAccount] = [Name, Age],
        [KindTable.Role] = [Name, Column("Created At", item => item.Text("metadata", "creationTimestamp") ?? string.Empty)],
        [KindTable.ClusterRole] = [Name, Column("Created At", item => item.Text("metadata", "creationTimestamp") ?? string.Empty)],
        [KindTable.RoleBinding] = [Name, Column("Role", binding => $"{binding.Text("roleRef", "kind")}/{binding.Text("roleRef", "name")}"), Age],
        [KindTable.Event] =
        [
            new("Last Seen", (item, now) => TableWriter.Age(item.Text("lastTimestamp"), now)),
            Column("Type", item => item.Text("type") ?? string.Empty),
            Column("Reason", item => item.Text("reason") ?? string.Empty),
            Column("Object", item => $"{item.Text("involvedObject", "kind")?.ToLowerInvariant()}/{item.Text("involvedObject", "name")}"),
            Column("Message", item => item.Text("message") ?? string.Empty),
        ],
    };

    public static IReadOnlyList<TableColumn> Of(ResourceKind kind) => Columns.GetValueOrDefault(kind, [Name, Age]);

    /// <summary>What kubectl shows under STATUS: a container's trouble before the phase, a deletion before both.</summary>
    public static string PodState(JsonObject pod)
    {
        if (pod.IsTerminating())
            return "Terminating";
        JsonObject? state = pod.Items("status", "containerStatuses").Select(status => status["state"]).OfType<JsonObject>().FirstOrDefault(state => state["running"] is null);
        return state.Text("waiting", "reason") ?? state.Text("terminated", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
    }

    public static int RestartCount(JsonObject pod) => (int)pod.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0);

    private static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        string count = RestartCount(pod).ToString(CultureInfo.InvariantCulture);
        string? last = pod.Items("status", "containerStatuses").Select(status => status.Text("lastState", "terminated", "finishedAt")).Max(StringComparer.Ordinal);
        return last is null ? count : $"{count} ({TableWriter.Age(last, now)} ago)";
    }

    private static TableColumn Column(string name, Func<JsonObject, string> read) => new(name, (item, _) => read(item));

    private static TableColumn Wide(string name, Func<JsonObject, string> read) => new(name, (item, _) => read(item), Wide: true);

    private static TableColumn[] Template(string names, string images) =>
    [
        Wide(names, item => string.Join(',', item.Items("spec", "template", "spec", "containers").Select(container => container.Text("name")))),
        Wide(images, item => string.Join(',', item.Items("spec", "template", "spec", "containers").Select(container => container.Text("image")))),
    ];

    private static string Count(JsonObject item, string field) => (item.Number("status", field) ?? 0).ToString(CultureInfo.InvariantCulture);

    private static string SelectorText(JsonObject item) => string.Join(',', item.Map("spec", "selector", "matchLabels").Select(pair => $"{pair.Key}={pair.Value}"));

    private static string Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address") ?? "<none>";

    private static string ServicePort(JsonObject port) =>
        port.Number("nodePort") is { } nodePort ? $"{port.Number("port")}:{nodePort}/{port.Text("protocol")}" : $"{port.Number("port")}/{port.Text("protocol")}";

    private static string Few(IEnumerable<string> values, string none)
    {
        List<string> all = [.. values];
        return all.Count == 0 ? none : string.Join(',', all.Take(3)) + (all.Count > 3 ? $" + {all.Count - 3} more..." : string.Empty);
    }

    private static string OrNone(string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;
}
