using System.Runtime.InteropServices;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>The Node objects of this machine.</summary>
internal static class NodeObjects
{
    public static JsonObject New(int index, bool external, TimeProvider time)
    {
        string architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        JsonObject node = (JsonObject)JsonNode.Parse($$"""
            {
              "kind": "Node", "apiVersion": "v1",
              "metadata": {
                "name": "node-{{index}}",
                "labels": {
                  "kubernetes.io/hostname": "node-{{index}}", "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": "zone-{{index}}"
                }
              },
              "spec": {},
              "status": {
                "capacity": { "cpu": "64", "memory": "256Gi", "pods": "5k" },
                "allocatable": { "cpu": "64", "memory": "256Gi", "pods": "5k" },
                "nodeInfo": {
                  "kubeletVersion": "{{KubernetesRelease.Version}}", "kubeProxyVersion": "",
                  "operatingSystem": "linux", "architecture": "{{architecture}}",
                  "containerRuntimeVersion": "berth://process", "osImage": "this machine",
                  "kernelVersion": "{{Environment.OSVersion.Version}}", "machineID": "", "systemUUID": "", "bootID": ""
                }
              }
            }
            """)!;
        JsonObject[] addresses =
        [
            Address("InternalIP", PodAddresses.OfNode(index)),
            Address("Hostname", $"node-{index}"),
            Address("ExternalIP", PodAddresses.ExternalOfNode(index)),
        ];
        node.Child("status")["addresses"] = new JsonArray([.. addresses.Take(external ? 3 : 2)]);
        SetReady(node.Child("status"), true, time);
        return node;
    }

    /// <summary>The node's heartbeat for kubectl describe. It is written once, because nothing here depends on it.</summary>
    public static JsonObject Lease(StoredObject node, TimeProvider time)
    {
        JsonObject lease = KindTable.Lease.NewObject("kube-node-lease", node.Name);
        JsonObject owner = new() { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = node.Name, ["uid"] = node.Uid };
        lease.Child("metadata")["ownerReferences"] = new JsonArray(owner);
        string now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        lease["spec"] = new JsonObject { ["holderIdentity"] = node.Name, ["leaseDurationSeconds"] = 40, ["renewTime"] = now };
        return lease;
    }

    public static void SetReady(JsonObject status, bool ready, TimeProvider time)
    {
        PodStatus.SetCondition(status, "Ready", ready ? true : null, time, "NodeStatusUnknown", "Kubelet stopped posting node status.");
        JsonObject condition = status.Items("conditions").First();
        condition.Remove("lastProbeTime");
        condition["lastHeartbeatTime"] = time.Timestamp();
        if (ready)
            condition["reason"] = "KubeletReady";
    }

    private static JsonObject Address(string type, string address) => new() { ["type"] = type, ["address"] = address };
}
