using System.Net;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>
/// Cluster addresses and node ports of Services. Nothing listens on a cluster address here; a node port and the name have a forwarder.
/// </summary>
internal sealed class ServiceAddresses(ObjectStore store)
{
    private static readonly string[] s_ofAddresses = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"];

    /// <summary>The ranges of a cluster with the settings of kubeadm.</summary>
    private static readonly IPNetwork s_range = new(new IPAddress([10, 96, 0, 0]), 12);

    private int _last = 9;

    /// <summary>
    /// Assigns a Service the addresses and ports that its type needs. A changed Service keeps them, except those that only its former type
    /// needed.
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
            spec["clusterIP"] = before.Text("spec", "clusterIP") ?? Next();
        else if (before.Text("spec", "clusterIP") is null)
            RequireFree(body, spec.Text("clusterIP")!);
        spec.Default("clusterIPs", JsonWriting.TextArray(spec.Text("clusterIP")!));
        if (!open)
            return;
        NodePorts ports = new(store, body, before);
        ports.Assign(forAll: spec["allocateLoadBalancerNodePorts"] is null || spec.Flag("allocateLoadBalancerNodePorts"));
        ports.AssignHealthCheck();
    }

    /// <summary>Returns a free address. The number always grows, so that a released address is not assigned again at once.</summary>
    private string Next()
    {
        while (true)
        {
            int next = Interlocked.Increment(ref _last);
            string address = string.Create(CultureInfo.InvariantCulture, $"10.96.{next >> 8 & 255}.{next & 255}");
            if (!IsTaken(address))
                return address;
        }
    }

    private bool IsTaken(string address) =>
        store.List(KindTable.Service).Any(service => service.Body.Text("spec", "clusterIP") == address);

    /// <summary>
    /// Checks a requested address: it must be in the range, and no other Service may have it. A text that is not an address is refused
    /// later.
    /// </summary>
    private void RequireFree(JsonObject body, string address)
    {
        if (!IPAddress.TryParse(address, out IPAddress? parsed))
            return;
        string? why = !s_range.Contains(parsed) ? "the provided network does not match the current range"
            : IsTaken(address) ? "provided IP is already allocated"
            : null;
        if (why is not null)
        {
            throw ApiException.Invalid(
                KindTable.Service,
                body.Text("metadata", "name") ?? "",
                ("spec.clusterIPs", $"Invalid value: [\"{address}\"]: failed to allocate IP {address}: {why}", "FieldValueInvalid"));
        }
    }

    /// <summary>Removes the fields that have no meaning for the new type, unless the change itself states them.</summary>
    private static void Drop(JsonObject spec, JsonNode? before, string type, bool open)
    {
        string[] gone =
        [
            .. open ? [] : (string[])["externalTrafficPolicy"],
            .. type == "LoadBalancer" ? [] : (string[])["allocateLoadBalancerNodePorts", "healthCheckNodePort"],
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
}
