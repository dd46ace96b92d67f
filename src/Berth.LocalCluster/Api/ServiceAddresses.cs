namespace Berth.LocalCluster.Api;

/// <summary>Cluster addresses and node ports of Services. Nothing listens on a cluster address here; a node port has a forwarder.</summary>
internal sealed class ServiceAddresses(ObjectStore store)
{
    private int _last = 9;

    public void Assign(JsonObject body)
    {
        JsonObject spec = body.Child("spec");
        string type = spec.Text("type") ?? "ClusterIP";
        if (type == "ExternalName")
            return;
        if (string.IsNullOrEmpty(spec.Text("clusterIP")))
        {
            int next = Interlocked.Increment(ref _last);
            spec["clusterIP"] = string.Create(CultureInfo.InvariantCulture, $"10.96.{next >> 8 & 255}.{next & 255}");
        }

        spec.Default("clusterIPs", JsonWriting.TextArray(spec.Text("clusterIP")!));
        if (type is not ("NodePort" or "LoadBalancer"))
            return;
        var taken = store.List(KindTable.Service).SelectMany(service => service.Body.Items("spec", "ports")).Select(port => port.Number("nodePort")).ToHashSet();
        foreach ((int index, JsonObject port) in spec.Items("ports").Index())
        {
            if (port.Number("nodePort") is { } asked && !taken.Add(asked))
            {
                throw ApiException.Invalid(
                    KindTable.Service, body.Text("metadata", "name") ?? "", ($"spec.ports[{index}].nodePort", $"Invalid value: {asked}: provided port is already allocated", "FieldValueInvalid"));
            }

            if (port["nodePort"] is null)
            {
                long free = 30000;
                while (!taken.Add(free))
                    free++;
                port["nodePort"] = free;
            }
        }
    }
}
