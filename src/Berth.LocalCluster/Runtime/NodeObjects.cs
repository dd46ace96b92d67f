using System.Runtime.InteropServices;

namespace Berth.LocalCluster.Runtime;

/// <summary>The Node objects of this machine.</summary>
internal static class NodeObjects
{
    public static JsonObject New(int index, bool external, TimeProvider time)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"node-{index}");
        string address = PodAddresses.OfNode(index);
        JsonObject node = KindTable.Node.NewObject(null, name);
        node.Child("metadata")["labels"] = new JsonObject
        {
            ["kubernetes.io/hostname"] = name,
            ["kubernetes.io/os"] = "linux",
            ["topology.kubernetes.io/zone"] = string.Create(CultureInfo.InvariantCulture, $"zone-{index}"),
        };
        node["spec"] = new JsonObject();
        JsonObject status = node.Child("status");
        status["capacity"] = new JsonObject { ["cpu"] = "64", ["memory"] = "256Gi", ["pods"] = "5k" };
        status["allocatable"] = status["capacity"]!.DeepClone();
        var addresses = new JsonArray(Address("InternalIP", address), Address("Hostname", name));
        if (external)
            addresses.Add((JsonNode)Address("ExternalIP", PodAddresses.ExternalOfNode(index)));
        SetReady(status, true, time);
        status["addresses"] = addresses;
        status["nodeInfo"] = new JsonObject
        {
            ["kubeletVersion"] = DiscoveryDocuments.KubernetesVersion,
            ["kubeProxyVersion"] = "",
            ["operatingSystem"] = "linux",
            ["architecture"] = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            ["containerRuntimeVersion"] = "berth://process",
            ["osImage"] = "this machine",
            ["kernelVersion"] = Environment.OSVersion.Version.ToString(),
            ["machineID"] = "",
            ["systemUUID"] = "",
            ["bootID"] = "",
        };
        return node;
    }

    /// <summary>The node's heartbeat, which kubectl describe shows. It is written once: nothing here judges a node by it.</summary>
    public static JsonObject Lease(StoredObject node, TimeProvider time)
    {
        JsonObject lease = KindTable.Lease.NewObject("kube-node-lease", node.Name);
        lease.Child("metadata")["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = node.Name, ["uid"] = node.Uid });
        lease["spec"] = new JsonObject { ["holderIdentity"] = node.Name, ["leaseDurationSeconds"] = 40, ["renewTime"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) };
        return lease;
    }

    public static void SetReady(JsonObject status, bool ready, TimeProvider time)
    {
        PodStatus.SetCondition(status, "Ready", ready, time, "NodeStatusUnknown", "Kubelet stopped posting node status.");
        JsonObject condition = status.Items("conditions").First();
        condition.Remove("lastProbeTime");
        condition["status"] = ready ? "True" : "Unknown";
        condition["lastHeartbeatTime"] = time.Timestamp();
        if (ready)
            condition["reason"] = "KubeletReady";
    }

    private static JsonObject Address(string type, string address) => new() { ["type"] = type, ["address"] = address };
}
