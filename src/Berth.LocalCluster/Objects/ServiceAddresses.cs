using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>Cluster addresses and node ports of Services. Nothing listens on a cluster address here; a node port has a forwarder.</summary>
internal sealed class ServiceAddresses(ObjectStore store)
{
    private static readonly string[] s_ofAddresses = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"];
    private int _last = 9;

    /// <summary>
    /// Gives a Service what its type needs. One that was there before keeps what it has, and loses what only its former type
    /// had.
    /// </summary>
    public void Assign(JsonObject body, JsonObject? before = null)
    {
        JsonObject spec = body.Child("spec");
        string type = spec.Text("type") ?? "ClusterIP";
        bool open = type is "NodePort" or "LoadBalancer";
        if (before is not null && type != before.Text("spec", "type"))
            Drop(spec, before["spec"], type, open);
        if (type == "ExternalName")
            return;
        if (string.IsNullOrEmpty(spec.Text("clusterIP")))
        {
            int next = Interlocked.Increment(ref _last);
            spec["clusterIP"] = before.Text("spec", "clusterIP")
                ?? string.Create(CultureInfo.InvariantCulture, $"10.96.{next >> 8 & 255}.{next & 255}");
        }

        spec.Default("clusterIPs", JsonWriting.TextArray(spec.Text("clusterIP")!));
        if (open)
            Open(body, before);
    }

    /// <summary>What a change of type leaves without a meaning goes, unless the change itself names it.</summary>
    private static void Drop(JsonObject spec, JsonNode? before, string type, bool open)
    {
        string[] gone =
        [
            .. open ? [] : (string[])["externalTrafficPolicy"],
            .. type == "LoadBalancer" ? [] : (string[])["allocateLoadBalancerNodePorts"],
            .. type == "ExternalName" ? s_ofAddresses : [],
        ];
        foreach (string field in gone.Where(field => JsonNode.DeepEquals(spec[field], before.At(field))))
            spec.Remove(field);
        if (open)
            return;
        bool WasThere(JsonObject port) => before.Items("ports").Any(old => JsonNode.DeepEquals(old["nodePort"], port["nodePort"]));
        foreach (JsonObject port in spec.Items("ports").Where(WasThere))
            port.Remove("nodePort");
    }

    private void Open(JsonObject body, JsonObject? before)
    {
        HashSet<long?> taken = [.. store.List(KindTable.Service)
            .Where(service => service.Uid != body.Text("metadata", "uid"))
            .SelectMany(service => service.Body.Items("spec", "ports"))
            .Select(port => port.Number("nodePort"))];
        foreach ((int index, JsonObject port) in body.Items("spec", "ports").Index())
        {
            long? asked = port.Number("nodePort") ?? Former(before, port).Number("nodePort");
            string? why = asked is < 30000 or > 32767
                ? "provided port is not in the valid range. The range of valid ports is 30000-32767"
                : asked is not null && !taken.Add(asked) ? "provided port is already allocated" : null;
            if (why is not null)
            {
                throw ApiException.Invalid(
                    KindTable.Service,
                    body.Text("metadata", "name") ?? "",
                    ($"spec.ports[{index}].nodePort", $"Invalid value: {asked}: {why}", "FieldValueInvalid"));
            }

            port["nodePort"] = asked ?? Enumerable.Range(30000, 2768).Select(free => (long?)free).First(taken.Add);
        }
    }

    /// <summary>The port of a Service as it was before, which keeps its node port.</summary>
    private static JsonObject? Former(JsonObject? before, JsonObject port)
    {
        string protocol = port.Text("protocol") ?? "TCP";
        return before.Items("spec", "ports")
            .FirstOrDefault(old => old.Number("port") == port.Number("port") && old.Text("protocol") == protocol);
    }
}
