using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Keeps the slices of every Service with a selector: at most 100 endpoints each, with few changes of existing slices, and an empty slice
/// as a placeholder. Rules: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/.
/// </summary>
internal sealed class EndpointSliceController(ObjectOperations operations, EventRecorder events) : IController
{
    private const int MaxEndpoints = 100;
    private const string ServiceName = "kubernetes.io/service-name";
    private const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const string Manager = "endpointslice-controller.k8s.io";
    private const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

    private readonly ObjectStore _store = operations.Store;
    private readonly TriggerTimes _triggers = new();

    public IEnumerable<string> Affected(Change change)
    {
        if (change.Kind == KindTable.Service)
            return [change.Last.Key];
        if (change.Kind == KindTable.EndpointSlice)
        {
            return change.Last.Body.Text("metadata", "labels", ServiceName) is { } name
                ? [ResourceKind.Key(change.Last.Namespace, name)]
                : [];
        }

        return change.Kind != KindTable.Pod ? [] : _store.List(KindTable.Service, change.Last.Namespace)
            .Where(service => service.Body.At("spec", "selector") is JsonObject { Count: > 0 } selector
                && LabelSelector.FromMap(selector) is var matcher
                && (matcher.Matches(change.Last.Body) || (change.Before is { } before && matcher.Matches(before.Body))))
            .Select(service => service.Key);
    }

    public void Reconcile(string? @namespace, string name)
    {
        if (_store.Find(KindTable.Service, @namespace, name) is not { } service)
        {
            _triggers.Forget(ResourceKind.Key(@namespace, name));
            return;
        }

        if (SelectorOf(service) is not { } selector)
            return;
        List<StoredObject> pods =
            [.. Selected(service, selector).Where(pod => HasNode(service, pod)).OrderBy(pod => pod.Name, ResourceKind.ByNumber)];
        string? trigger = _triggers.Next(service, pods);
        List<StoredObject> existing = [.. SlicesOf(service)];

        // Pods may have different numbers for a named target port, so each list of ports has separate slices.
        List<IGrouping<string, (StoredObject Pod, JsonArray Ports)>> groups =
        [
            .. pods.Select(pod => (Pod: pod, Ports: ServicePorts.Of(service.Body, pod.Body)))
                .GroupBy(pair => pair.Ports.ToJsonString(), StringComparer.Ordinal),
        ];
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach (IGrouping<string, (StoredObject Pod, JsonArray Ports)> group in groups)
        {
            List<JsonObject> endpoints = [.. group.Select(pair => Endpoint(service, pair.Pod))];
            JsonArray ports = group.First().Ports;
            List<StoredObject> slices = [.. existing.Where(slice => Same(slice.Body["ports"], ports) || IsPlaceholder(slice))];
            kept.UnionWith(slices.Select(slice => slice.Name));
            Fill(service, slices, endpoints, ports, trigger);
            existing.RemoveAll(slice => kept.Contains(slice.Name));
        }

        if (groups.Count == 0)
        {
            Write(service, existing.FirstOrDefault(), [], null, trigger);
            existing = [.. existing.Skip(1)];
        }

        existing.ForEach(slice => _store.Remove(slice));
    }

    /// <summary>
    /// True when the slices of a Service show the pods that it selects as they are now. A Service without a selector has none.
    /// </summary>
    public bool IsCurrent(string? @namespace, string name)
    {
        if (_store.Find(KindTable.Service, @namespace, name) is not { } service || SelectorOf(service) is not { } selector)
            return true;
        Dictionary<string, JsonObject> wanted = Selected(service, selector).Where(IsOnNode)
            .ToDictionary(pod => pod.Uid, pod => Endpoint(service, pod), StringComparer.Ordinal);
        JsonObject[] shown = [.. SlicesOf(service).SelectMany(slice => slice.Body.Items("endpoints"))];
        return shown.Length == wanted.Count && shown.All(endpoint =>
            wanted.TryGetValue(endpoint.Text("targetRef", "uid") ?? "", out JsonObject? now) && JsonNode.DeepEquals(endpoint, now));
    }

    private static LabelSelector? SelectorOf(StoredObject service) =>
        service.Body.At("spec", "selector") is JsonObject { Count: > 0 } selector && service.Body.Text("spec", "type") != "ExternalName"
            ? LabelSelector.FromMap(selector)
            : null;

    private IEnumerable<StoredObject> Selected(StoredObject service, LabelSelector selector) =>
        _store.List(KindTable.Pod, service.Namespace).Where(pod => selector.Matches(pod.Body) && IsAddressable(pod.Body));

    private IEnumerable<StoredObject> SlicesOf(StoredObject service) => _store.List(KindTable.EndpointSlice, service.Namespace).Where(
        slice => slice.Body.Text("metadata", "labels", ServiceName) == service.Name
            && slice.Body.Text("metadata", "labels", ManagedBy) == Manager);

    private bool IsOnNode(StoredObject pod) => pod.NodeName is not { } node || _store.Find(KindTable.Node, null, node) is not null;

    /// <summary>Keeps every endpoint in its slice, adds new ones where there is room, and then creates further slices.</summary>
    private void Fill(StoredObject service, List<StoredObject> slices, List<JsonObject> endpoints, JsonArray ports, string? trigger)
    {
        Dictionary<string, JsonObject> wanted =
            endpoints.ToDictionary(endpoint => endpoint.Text("targetRef", "uid")!, StringComparer.Ordinal);
        List<(StoredObject? Slice, List<JsonObject> Endpoints, bool Touched)> plan = [];
        foreach (StoredObject slice in slices)
        {
            List<JsonObject> stay = [];
            bool touched = false;
            foreach (JsonObject old in slice.Body.Items("endpoints"))
            {
                wanted.Remove(old.Text("targetRef", "uid") ?? "", out JsonObject? now);
                touched |= !JsonNode.DeepEquals(old, now);
                if (now is not null)
                    stay.Add(now);
            }

            plan.Add((slice, stay, touched));
        }

        Queue<JsonObject> fresh = new(wanted.Values);
        IEnumerable<List<JsonObject>> open = plan
            .OrderByDescending(entry => entry.Touched)
            .ThenByDescending(entry => entry.Endpoints.Count)
            .Select(entry => entry.Endpoints);
        foreach (List<JsonObject> page in open)
        {
            while (page.Count < MaxEndpoints && fresh.TryDequeue(out JsonObject? endpoint))
                page.Add(endpoint);
        }

        plan.AddRange(fresh.Chunk(MaxEndpoints).Select(page => ((StoredObject?)null, page.ToList(), true)));
        foreach ((StoredObject? slice, List<JsonObject> page, bool _) in plan)
        {
            if (page.Count == 0)
                _store.Remove(slice!);
            else
                Write(service, slice, page, ports, trigger);
        }
    }

    private void Write(StoredObject service, StoredObject? slice, List<JsonObject> endpoints, JsonArray? ports, string? trigger)
    {
        // Correct endpoints stay unchanged, so that only a real change creates a new version.
        JsonArray? list = endpoints.Count == 0 ? null : new JsonArray([.. endpoints.Select(endpoint => endpoint.DeepClone())]);
        JsonNode? portList = ports is { Count: > 0 } ? ports.DeepClone() : null;
        JsonObject labels = Labels(service);
        JsonObject? annotations = trigger is null ? null : new JsonObject { [TriggerTime] = trigger };
        if (slice is null)
        {
            JsonObject metadata = JsonWriting.Fields(
                ("generateName", service.Name + "-"),
                ("labels", labels),
                ("annotations", annotations),
                ("ownerReferences", Ownership.ControlledBy(service)));
            JsonObject body = new() { ["metadata"] = metadata, ["addressType"] = "IPv4", ["endpoints"] = list, ["ports"] = portList };
            operations.Create(KindTable.EndpointSlice, service.Namespace, body);
        }
        else if (!Same(slice.Body["endpoints"], list)
            || !Same(slice.Body["ports"], portList)
            || !JsonNode.DeepEquals(slice.Body.At("metadata", "labels"), labels))
        {
            _store.Update(slice, body =>
            {
                body["endpoints"] = list;
                body["ports"] = portList;
                JsonObject metadata = body.Child("metadata");
                metadata["labels"] = labels;
                metadata.Remove("annotations");
                if (annotations is not null)
                    metadata["annotations"] = annotations;
            });
        }
    }

    private static JsonObject Labels(StoredObject service)
    {
        List<KeyValuePair<string, string>> labels = [new(ManagedBy, Manager), new(ServiceName, service.Name)];
        if (service.Body.Text("spec", "clusterIP") == "None")
            labels.Add(new("service.kubernetes.io/headless", ""));
        IEnumerable<KeyValuePair<string, string>> given = service.Body.Map("metadata", "labels");
        return JsonWriting.TextMap(labels.Concat(given).DistinctBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private JsonObject Endpoint(StoredObject service, StoredObject pod)
    {
        bool serving = pod.Body.IsReady();
        bool terminating = pod.Body.IsTerminating();
        bool ready = service.Body.Flag("spec", "publishNotReadyAddresses") || (serving && !terminating);
        bool named = pod.Body.Text("spec", "hostname") is { Length: > 0 } && pod.Body.Text("spec", "subdomain") == service.Name;
        StoredObject? node = pod.NodeName is { } nodeName ? _store.Find(KindTable.Node, null, nodeName) : null;
        JsonNode? zone = node?.Body.At("metadata", "labels", "topology.kubernetes.io/zone");
        return JsonWriting.Fields(
            ("addresses", JsonWriting.TextArray(pod.Body.Text("status", "podIP")!)),
            ("conditions", new JsonObject { ["ready"] = ready, ["serving"] = serving, ["terminating"] = terminating }),
            ("hostname", named ? pod.Body.Text("spec", "hostname") : null),
            ("targetRef", new JsonObject { ["kind"] = "Pod", ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid }),
            ("nodeName", pod.NodeName),
            ("zone", zone?.DeepClone()));
    }

    /// <summary>True for a pod that has an address and has not ended.</summary>
    private static bool IsAddressable(JsonObject pod) =>
        pod.Text("status", "podIP") is not null && pod.Text("status", "phase") is not ("Failed" or "Succeeded");

    /// <summary>A pod without its Node object is in no slice, and its Service gets an event.</summary>
    private bool HasNode(StoredObject service, StoredObject pod)
    {
        if (IsOnNode(pod))
            return true;
        string message = $"Error updating Endpoint Slices for Service {service.Key}: "
            + $"skipping Pod {pod.Name} for Service {service.Key}: Node {pod.NodeName} Not Found";
        events.Record(service.Body, "Warning", "FailedToUpdateEndpointSlices", message, "endpoint-slice-controller");
        return false;
    }

    private static bool IsPlaceholder(StoredObject slice) => slice.Body["endpoints"] is not JsonArray { Count: > 0 };

    /// <summary>True when two lists are equal. An empty list equals a missing one.</summary>
    private static bool Same(JsonNode? left, JsonNode? right)
    {
        static JsonNode? Stated(JsonNode? list) => list is JsonArray { Count: 0 } ? null : list;
        return JsonNode.DeepEquals(Stated(left), Stated(right));
    }
}
