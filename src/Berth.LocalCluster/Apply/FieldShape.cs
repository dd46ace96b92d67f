using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// The way in which a field is merged: as a whole, field by field, or item by item. It comes from the markers structType, mapType, listType
/// and listMapKey of the Go types (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
/// </summary>
internal static class FieldShape
{
    /// <summary>The types that are set as a whole.</summary>
    private static readonly HashSet<string> s_atomicTypes = new(StringComparer.Ordinal)
    {
        "ConfigMapKeySelector", "FileKeySelector", "LabelSelector", "LocalObjectReference", "MatchResources", "NodeSelector",
        "NodeSelectorTerm", "ObjectFieldSelector", "ObjectReference", "OwnerReference", "ResourceFieldSelector", "RoleRef",
        "ScopeSelector", "SecretKeySelector",
        "SecretReference", "ServiceBackendPort", "Subject", "TopologySelectorTerm", "TypedLocalObjectReference", "RawExtension", "any",
    };

    /// <summary>The fields that are set as a whole, although their type or their merge key says otherwise.</summary>
    private static readonly HashSet<(string Type, string Field)> s_atomicFields =
        [("PodSpec", "nodeSelector"), ("ServiceSpec", "selector"), ("ServiceAccount", "imagePullSecrets"), ("JobStatus", "conditions")];

    /// <summary>The lists whose items have a second key, with its default value.</summary>
    private static readonly Dictionary<(string Type, string Field), (string Key, string? Else)> s_secondKeys = new()
    {
        [("Container", "ports")] = ("protocol", "TCP"),
        [("ServiceSpec", "ports")] = ("protocol", "TCP"),
        [("PodSpec", "topologySpreadConstraints")] = ("whenUnsatisfiable", null),
    };

    /// <summary>
    /// The fields that are always written, because in Go's types they are not pointers. They have no owner. A list is here if it is also
    /// written when it is empty.
    /// </summary>
    private static readonly HashSet<string> s_alwaysThere = new(StringComparer.Ordinal)
    {
        "acceptedNames", "containers", "daemonEndpoints", "involvedObject", "jobTemplate", "kubeletEndpoint", "lastState", "loadBalancer",
        "metadata", "names", "nodeInfo", "resources", "scaleTargetRef", "source", "spec", "state", "status", "strategy", "target",
        "template", "updateStrategy",
    };

    /// <summary>True when a field itself has no owner, and only the fields below it have one.</summary>
    public static bool IsAlwaysThere(string type, string name) =>
        type.Length == 0 ? name == "metadata" : Of(type, name) is { Map: false } && s_alwaysThere.Contains(name);

    /// <summary>True when each item of a list is set as a whole.</summary>
    public static bool HasAtomicItems(string type, string name) => s_atomicTypes.Contains(Below(type, name));

    /// <summary>Returns the field of a type. Null when the type is not known, as for a custom kind.</summary>
    public static FieldTable.Field? Of(string type, string name) => FieldTable.Of(type)?.GetValueOrDefault(name);

    /// <summary>True when a value is owned and set as a whole.</summary>
    public static bool IsAtomic(string type, string name, JsonNode? value)
    {
        FieldTable.Field? field = Of(type, name);
        return value switch
        {
            JsonObject => s_atomicFields.Contains((type, name)) || (field is not null && s_atomicTypes.Contains(field.Type)),
            JsonArray => field is not { MergeKey.Length: > 0 } || s_atomicFields.Contains((type, name)),
            _ => true,
        };
    }

    /// <summary>
    /// Returns the type below a field: that of an object's fields or of a list's items. It is empty when the type is not known.
    /// </summary>
    public static string Below(string type, string name) => Of(type, name) is { Map: false } field ? field.Type : "";

    /// <summary>Returns the step for an item of a list that is merged item by item.</summary>
    public static string StepOf(string type, string name, JsonNode? item)
    {
        string key = Of(type, name)!.MergeKey;
        if (key == "*")
            return "v:" + Encoding.UTF8.GetString(item.ToUtf8());
        JsonObject keys = new() { [key] = item.At(key)?.DeepClone() };
        if (s_secondKeys.TryGetValue((type, name), out (string Key, string? Else) second))
            keys[second.Key] = item.At(second.Key)?.DeepClone() ?? second.Else;
        return "k:" + Encoding.UTF8.GetString(JsonWriting.Sorted(keys).ToUtf8());
    }
}
