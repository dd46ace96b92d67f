using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>Checks the objects that must exist when a pod is created: its service account and its classes.</summary>
internal sealed class PodAdmission(ObjectStore store)
{
    /// <summary>The classes that every cluster has.</summary>
    private static readonly Dictionary<string, long> s_priorities = new(StringComparer.Ordinal)
    {
        ["system-cluster-critical"] = 2_000_000_000,
        ["system-node-critical"] = 2_000_001_000,
    };

    /// <summary>Refuses a pod that names a missing object, and sets the priority of its class.</summary>
    /// <exception cref="ApiException">403, in the words of a real server.</exception>
    public void Admit(JsonObject pod)
    {
        JsonObject spec = pod.Child("spec");
        string? space = pod.Text("metadata", "namespace");

        // Every namespace gets its default account, perhaps a moment later. A text that is not a name is refused later, with its own
        // message.
        if (spec.Text("serviceAccountName") is { } account and not "default"
            && !Formats.Faults("subdomain", account).Any()
            && store.Find(KindTable.ServiceAccount, space, account) is null)
        {
            throw Forbidden(pod, $"error looking up service account {space}/{account}: serviceaccount \"{account}\" not found");
        }

        if (spec.Text("priorityClassName") is { Length: > 0 } priority)
        {
            long? stated = store.Find(KindTable.PriorityClass, null, priority)?.Body.Number("value");
            spec["priority"] = s_priorities.TryGetValue(priority, out long value) ? value
                : stated
                ?? throw Forbidden(pod, $"no PriorityClass with name {priority} was found");
        }

        if (spec.Text("runtimeClassName") is { Length: > 0 } runtime
            && store.Find(StoredKinds.RuntimeClass, null, runtime) is null)
            throw Forbidden(pod, $"pod rejected: RuntimeClass \"{runtime}\" not found");
    }

    private static ApiException Forbidden(JsonObject pod, string why)
    {
        string? name = pod.Text("metadata", "name") ?? pod.Text("metadata", "generateName");
        return new(403, "Forbidden", $"pods \"{name}\" is forbidden: {why}", ApiException.Details(KindTable.Pod, name));
    }
}
