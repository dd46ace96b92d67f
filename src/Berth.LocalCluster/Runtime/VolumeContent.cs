using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Runtime;

/// <summary>The files of a volume.</summary>
internal static class VolumeContent
{
    private static readonly string[] s_written = ["configMap", "secret", "downwardAPI", "projected"];

    /// <summary>True for volumes whose files come from the API.</summary>
    public static bool IsReadOnly(JsonObject volume) => s_written.Any(kind => volume[kind] is not null);

    /// <summary>Returns the reason why a volume cannot be created yet, in the words of a kubelet, or null.</summary>
    public static string? Missing(JsonObject volume, ConfigSources sources)
    {
        foreach ((ResourceKind kind, JsonObject source, string name) in Sources(volume))
        {
            if (source.Flag("optional"))
                continue;
            if (sources.Find(kind, name) is not { } values)
                return $"{kind.Singular} \"{name}\" not found";
            if (source.Items("items").FirstOrDefault(item => !values.ContainsKey(item.Text("key") ?? "")) is { } item)
            {
                string what = kind == KindTable.Secret
                    ? "references non-existent secret key"
                    : "configmap references non-existent config key";
                return $"{what}: {item.Text("key")}";
            }
        }

        return null;
    }

    /// <summary>Returns the files by their paths. Null for a volume that is only a folder.</summary>
    public static IReadOnlyDictionary<string, VolumeFile>? Files(
        JsonObject volume, JsonObject pod, JsonNode? ofNode, ConfigSources sources, Func<byte[]> token)
    {
        if (!IsReadOnly(volume))
            return null;
        Dictionary<string, VolumeFile> files = new(StringComparer.Ordinal);
        long? stated = s_written.Select(kind => volume.Number(kind, "defaultMode")).FirstOrDefault(static given => given is not null);
        int mode = (int)(stated ?? 420);
        foreach ((ResourceKind kind, JsonObject source, string name) in Sources(volume))
            Add(files, sources.Find(kind, name), source, mode);
        foreach (JsonObject fields in Parts(volume, "downwardAPI"))
        {
            foreach (JsonObject item in fields.Items("items"))
            {
                byte[] content = Encoding.UTF8.GetBytes(Field(item, pod, ofNode));
                files[item.Text("path")!] = new(content, (int)(item.Number("mode") ?? mode));
            }
        }

        foreach (JsonObject wanted in volume.Items("projected", "sources")
            .Select(static source => source["serviceAccountToken"]).OfType<JsonObject>())
        {
            files[wanted.Text("path")!] = new(token(), mode);
        }

        return files;
    }

    private static void Add(
        Dictionary<string, VolumeFile> files, IReadOnlyDictionary<string, byte[]>? values, JsonObject source, int mode)
    {
        if (values is null)
            return;
        List<JsonObject> items = [.. source.Items("items")];
        if (items.Count == 0)
        {
            foreach ((string key, byte[] value) in values)
                files[key] = new(value, mode);
        }

        foreach (JsonObject item in items)
        {
            if (values.GetValueOrDefault(item.Text("key") ?? "") is { } value)
                files[item.Text("path")!] = new(value, (int)(item.Number("mode") ?? mode));
        }
    }

    /// <summary>Returns a field of the pod. Labels and annotations have one line each: <c>key="value"</c>.</summary>
    private static string Field(JsonObject item, JsonObject pod, JsonNode? ofNode)
    {
        if (item["resourceFieldRef"] is JsonObject resource)
            return ResourceAmount.Of(resource, new JsonObject(), pod, ofNode);
        string path = item.Text("fieldRef", "fieldPath") ?? "";
        return path is "metadata.labels" or "metadata.annotations"
            ? string.Join('\n', pod.Map("metadata", path[9..]).OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => $"{pair.Key}=\"{pair.Value.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\""))
            : ContainerSpec.Field(pod, path) ?? "";
    }

    private static IEnumerable<(ResourceKind Kind, JsonObject Source, string Name)> Sources(JsonObject volume)
    {
        foreach (JsonObject source in Parts(volume, "configMap"))
            yield return (KindTable.ConfigMap, source, source.Text("name") ?? "");
        foreach (JsonObject source in Parts(volume, "secret"))
            yield return (KindTable.Secret, source, source.Text("secretName") ?? source.Text("name") ?? "");
    }

    /// <summary>Returns the sources of a kind: the volume itself, or those in its projection.</summary>
    private static IEnumerable<JsonObject> Parts(JsonObject volume, string kind) =>
        volume.Items("projected", "sources").Select(source => source[kind]).Prepend(volume[kind]).OfType<JsonObject>();
}
