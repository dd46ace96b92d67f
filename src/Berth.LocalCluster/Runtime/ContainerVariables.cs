using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Runtime;

/// <summary>Builds the variables of a container's manifest, as a kubelet does.</summary>
internal static class ContainerVariables
{
    /// <summary>
    /// Returns the reason why a container must wait: a ConfigMap, a Secret or a key does not exist. Null when nothing is missing.
    /// </summary>
    public static string? Missing(JsonObject container, ConfigSources sources)
    {
        foreach ((ResourceKind kind, JsonObject wanted, bool isWhole) in References(container))
        {
            if (wanted.Flag("optional"))
                continue;
            if (sources.Find(kind, wanted.Text("name")) is not { } values)
                return $"{kind.Singular} \"{wanted.Text("name")}\" not found";
            if (!isWhole && !values.ContainsKey(wanted.Text("key") ?? ""))
                return $"couldn't find key {wanted.Text("key")} in {kind.Kind} {sources.Namespace}/{wanted.Text("name")}";
        }

        return null;
    }

    /// <summary>
    /// The values, by name: first those of whole ConfigMaps and Secrets, then its own. A value may refer to earlier ones and to those of
    /// the cluster, as <c>$(NAME)</c>; a value from another object is not changed. An optional source that is missing gives no variable.
    /// </summary>
    /// <param name="container">Its manifest.</param>
    /// <param name="pod">Its pod.</param>
    /// <param name="ofNode">The resources of the node: the limit of a container that states none.</param>
    /// <param name="sources">The ConfigMaps and Secrets of its namespace.</param>
    /// <param name="given">The variables of the cluster.</param>
    public static Dictionary<string, string> Of(
        JsonObject container,
        JsonObject pod,
        JsonNode? ofNode,
        ConfigSources sources,
        IEnumerable<KeyValuePair<string, string>> given)
    {
        Dictionary<string, string> variables = new(given, StringComparer.Ordinal);
        foreach (JsonObject all in container.Items("envFrom"))
        {
            IReadOnlyDictionary<string, byte[]>? values = all["configMapRef"] is JsonObject map
                ? sources.Find(KindTable.ConfigMap, map.Text("name"))
                : sources.Find(KindTable.Secret, all.Text("secretRef", "name"));
            foreach ((string key, byte[] value) in values ?? new Dictionary<string, byte[]>())
                variables[all.Text("prefix") + key] = Encoding.UTF8.GetString(value);
        }

        foreach (JsonObject variable in container.Items("env"))
        {
            string name = variable.Text("name") ?? "";
            if (variable["valueFrom"] is not JsonObject source)
                variables[name] = ContainerSpec.Expand(variable.Text("value") ?? "", variables);
            else if (source.Text("fieldRef", "fieldPath") is { } path)
                variables[name] = ContainerSpec.Field(pod, path) ?? "";
            else if (source["resourceFieldRef"] is JsonObject resource)
                variables[name] = ResourceAmount.Of(resource, container, pod, ofNode);
            else if (Value(source, sources) is { } value)
                variables[name] = value;
        }

        return variables;
    }

    private static string? Value(JsonObject source, ConfigSources sources)
    {
        (ResourceKind kind, JsonNode? wanted) = source["configMapKeyRef"] is { } map
            ? (KindTable.ConfigMap, map)
            : (KindTable.Secret, source["secretKeyRef"]);
        return sources.Find(kind, wanted.Text("name"))?.GetValueOrDefault(wanted.Text("key") ?? "") is { } value
            ? Encoding.UTF8.GetString(value)
            : null;
    }

    /// <summary>Returns every ConfigMap and Secret that a variable uses, completely or by one key.</summary>
    private static IEnumerable<(ResourceKind Kind, JsonObject Wanted, bool IsWhole)> References(JsonObject container)
    {
        foreach (JsonObject all in container.Items("envFrom"))
        {
            if (all["configMapRef"] is JsonObject map)
                yield return (KindTable.ConfigMap, map, true);
            if (all["secretRef"] is JsonObject secret)
                yield return (KindTable.Secret, secret, true);
        }

        foreach (JsonObject source in container.Items("env").Select(static variable => variable["valueFrom"]).OfType<JsonObject>())
        {
            if (source["configMapKeyRef"] is JsonObject map)
                yield return (KindTable.ConfigMap, map, false);
            if (source["secretKeyRef"] is JsonObject secret)
                yield return (KindTable.Secret, secret, false);
        }
    }
}
