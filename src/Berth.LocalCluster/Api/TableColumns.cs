namespace Berth.LocalCluster.Api;

/// <summary>The columns of every kind, as kubectl users know them.</summary>
internal static class TableColumns
{
    private static readonly TableColumn s_name = new("Name", (item, _) => item.Text("metadata", "name")!);
    private static readonly TableColumn s_age = new("Age", (item, now) => TableWriter.Age(item.Text("metadata", "creationTimestamp"), now));

    private static readonly Dictionary<ResourceKind, IReadOnlyList<TableColumn>> s_columns = new()
    {
        [KindTable.Pod] =
        [
            s_name,
            Column("Ready", pod => $"{pod.Items("status", "containerStatuses").Count(status => status.Flag("ready"))}/{pod.Items("spec", "containers").Count()}"),
            Column("Status", PodState),
            new("Restarts", (pod, now) => Restarts(pod, now)),
            s_age,
            Wide("IP", pod => pod.Text("status", "podIP") ?? "<none>"),
            Wide("Node", pod => pod.Text("spec", "nodeName") ?? "<none>"),
            Wide("Nominated Node", _ => "<none>"),
            Wide("Readiness Gates", _ => "<none>"),
        ],
        [KindTable.StatefulSet] =
            [s_name, Column("Ready", set => $"{Count(set, "readyReplicas")}/{set.Number("spec", "replicas")}"), s_age, .. Template("Containers", "Images")],
        [KindTable.Deployment] =
        [
            s_name,
            Column("Ready", set => $"{Count(set, "readyReplicas")}/{set.Number("spec", "replicas")}"),
            Column("Up-to-date", set => Count(set, "updatedReplicas")),
            Column("Available", set => Count(set, "availableReplicas")),
            s_age,
            .. Template("Containers", "Images"),
            Wide("Selector", SelectorText),
        ],
        [KindTable.ReplicaSet] =
        [
            s_name,
            Column("Desired", set => set.Number("spec", "replicas")?.ToString(CultureInfo.InvariantCulture) ?? "0"),
            Column("Current", set => Count(set, "replicas")),
            Column("Ready", set => Count(set, "readyReplicas")),
            s_age,
            .. Template("Containers", "Images"),
            Wide("Selector", SelectorText),
        ],
        [KindTable.Service] =
        [
            s_name,
            Column("Type", service => service.Text("spec", "type") ?? ""),
            Column("Cluster-IP", service => service.Text("spec", "clusterIP") ?? "<none>"),
            Column("External-IP", service => service.Text("spec", "externalName") ?? "<none>"),
            Column("Port(s)", service => OrNone(string.Join(',', service.Items("spec", "ports").Select(ServicePort)))),
            s_age,
            Wide("Selector", service => OrNone(Pairs(service.At("spec", "selector")))),
        ],
        [KindTable.Node] =
        [
            s_name,
            Column("Status", node => (node.IsReady() ? "Ready" : "NotReady") + (node.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : "")),
            Column("Roles", _ => "<none>"),
            s_age,
            Column("Version", node => node.Text("status", "nodeInfo", "kubeletVersion") ?? ""),
            Wide("Internal-IP", node => Address(node, "InternalIP")),
            Wide("External-IP", node => Address(node, "ExternalIP")),
            Wide("OS-Image", node => OrNone(node.Text("status", "nodeInfo", "osImage"))),
            Wide("Kernel-Version", node => OrNone(node.Text("status", "nodeInfo", "kernelVersion"))),
            Wide("Container-Runtime", node => OrNone(node.Text("status", "nodeInfo", "containerRuntimeVersion"))),
        ],
        [KindTable.EndpointSlice] =
        [
            s_name,
            Column("AddressType", slice => slice.Text("addressType") ?? ""),
            Column("Ports", slice => Few(slice.Items("ports").Select(port => port.Number("port")?.ToString(CultureInfo.InvariantCulture) ?? "*"), "<unset>")),
            Column("Endpoints", slice => Few(slice.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses")), "<unset>")),
            s_age,
        ],
        [KindTable.Namespace] = [s_name, Column("Status", item => item.Text("status", "phase") ?? ""), s_age],
        [KindTable.ServiceAccount] = [s_name, s_age],
        [KindTable.Role] = [s_name, Column("Created At", item => item.Text("metadata", "creationTimestamp") ?? "")],
        [KindTable.ClusterRole] = [s_name, Column("Created At", item => item.Text("metadata", "creationTimestamp") ?? "")],
        [KindTable.RoleBinding] = Binding(),
        [KindTable.ClusterRoleBinding] = Binding(),
        [KindTable.ControllerRevision] =
        [
            s_name,
            Column("Controller", item => item.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is { } owner
                ? $"{owner.Text("kind")?.ToLowerInvariant()}.apps/{owner.Text("name")}" : "<none>"),
            Column("Revision", item => item.Number("revision")?.ToString(CultureInfo.InvariantCulture) ?? "0"),
            s_age,
        ],
        [KindTable.Event] =
        [
            new("Last Seen", (item, now) => TableWriter.Age(item.Text("lastTimestamp"), now)),
            Column("Type", item => item.Text("type") ?? ""),
            Column("Reason", item => item.Text("reason") ?? ""),
            Column("Object", item => $"{item.Text("involvedObject", "kind")?.ToLowerInvariant()}/{item.Text("involvedObject", "name")}"),
            Column("Message", item => item.Text("message") ?? ""),
        ],
    };

    public static IReadOnlyList<TableColumn> Of(ResourceKind kind) => s_columns.GetValueOrDefault(kind, [s_name, s_age]);

    /// <summary>What kubectl shows under STATUS: a container's trouble before the phase, a deletion before both until they have ended.</summary>
    public static string PodState(JsonObject pod)
    {
        if (pod.IsTerminating() && pod.Text("status", "phase") is not ("Succeeded" or "Failed"))
            return "Terminating";
        JsonObject? state = pod.Items("status", "containerStatuses").Select(status => status["state"]).OfType<JsonObject>().FirstOrDefault(state => state["running"] is null);
        return state.Text("waiting", "reason") ?? state.Text("terminated", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
    }

    /// <summary>Labels as a selector's text: <c>app=service-b,tier=game</c>.</summary>
    public static string Pairs(JsonNode? labels) => string.Join(',', labels.Map().Select(pair => $"{pair.Key}={pair.Value}"));

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

    private static TableColumn[] Binding() =>
    [
        s_name,
        Column("Role", binding => $"{binding.Text("roleRef", "kind")}/{binding.Text("roleRef", "name")}"),
        s_age,
        Wide("Users", binding => Subjects(binding, "User")),
        Wide("Groups", binding => Subjects(binding, "Group")),
        Wide("ServiceAccounts", binding => Subjects(binding, "ServiceAccount")),
    ];

    private static string Subjects(JsonObject binding, string kind) => string.Join(", ", binding.Items("subjects").Where(subject => subject.Text("kind") == kind)
        .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/{subject.Text("name")}" : subject.Text("name")));

    private static string Count(JsonObject item, string field) => (item.Number("status", field) ?? 0).ToString(CultureInfo.InvariantCulture);

    private static string SelectorText(JsonObject item) => Pairs(item.At("spec", "selector", "matchLabels"));

    private static string Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address") ?? "<none>";

    private static string ServicePort(JsonObject port) =>
        port.Number("nodePort") is { } nodePort ? $"{port.Number("port")}:{nodePort}/{port.Text("protocol")}" : $"{port.Number("port")}/{port.Text("protocol")}";

    private static string Few(IEnumerable<string> values, string none)
    {
        List<string> all = [.. values];
        return all.Count == 0 ? none : string.Join(',', all.Take(3)) + (all.Count > 3 ? $" + {all.Count - 3} more..." : "");
    }

    private static string OrNone(string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;
}
