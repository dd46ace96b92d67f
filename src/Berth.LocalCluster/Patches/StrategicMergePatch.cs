namespace Berth.LocalCluster.Patches;

/// <summary>
/// Kubernetes' own merge: lists of objects are merged by the key that their type names (patchMergeKey in the API's Go types), with the directives
/// $patch, $retainKeys, $deleteFromPrimitiveList and $setElementOrder. Lists without a key are replaced.
/// </summary>
internal static class StrategicMergePatch
{
    private static readonly Dictionary<string, string[]> s_mergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["imagePullSecrets"] = ["name"],
        ["secrets"] = ["name"],
        ["ports"] = ["containerPort", "port"],
        ["conditions"] = ["type"],
        ["addresses"] = ["type"],
        ["ownerReferences"] = ["uid"],
        ["podIPs"] = ["ip"],
        ["hostIPs"] = ["ip"],
        ["hostAliases"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey"],
    };

    public static void Apply(JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace")
            target.Clear();
        if (patch["$retainKeys"] is JsonArray retained)
        {
            var keep = retained.Texts().ToHashSet(StringComparer.Ordinal);
            foreach (string name in target.Select(pair => pair.Key).Where(name => !keep.Contains(name)).ToList())
                target.Remove(name);
        }

        foreach ((string name, JsonNode? value) in patch)
        {
            if (name.StartsWith("$deleteFromPrimitiveList/", StringComparison.Ordinal))
                RemovePrimitives(target[name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]] as JsonArray, value);
            else if (!name.StartsWith('$'))
                ApplyField(target, name, value);
        }

        foreach ((string name, JsonNode? value) in patch.Where(pair => pair.Key.StartsWith("$setElementOrder/", StringComparison.Ordinal)))
            Reorder(target, name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], value as JsonArray);
    }

    private static void ApplyField(JsonObject target, string name, JsonNode? value)
    {
        if (value is null || value.Text("$patch") == "delete")
        {
            target.Remove(name);
        }
        else if (value is JsonObject fields)
        {
            if (target[name] is not JsonObject child)
                target[name] = child = [];
            Apply(child, fields);
        }
        else if (value is JsonArray items && s_mergeKeys.TryGetValue(name, out string[]? keys) && items.All(item => item is JsonObject))
        {
            target[name] = MergeList(target[name] as JsonArray ?? [], items, keys);
        }
        else if (value is JsonArray primitives && name == "finalizers" && target[name] is JsonArray existing)
        {
            foreach (string item in primitives.Texts().Where(item => !existing.Texts().Contains(item, StringComparer.Ordinal)).ToList())
                existing.Add((JsonNode?)item);
        }
        else
        {
            target[name] = value.DeepClone();
        }
    }

    private static JsonArray MergeList(JsonArray target, JsonArray patch, string[] keys)
    {
        if (patch.Any(item => item.Text("$patch") == "replace"))
            return [.. patch.Where(item => item.At("$patch") is null).Select(item => item!.DeepClone())];
        foreach (JsonObject item in patch.OfType<JsonObject>())
        {
            string? key = KeyOf(item, keys);
            JsonObject? match = target.OfType<JsonObject>().FirstOrDefault(candidate => key is not null && KeyOf(candidate, keys) == key);
            if (item.Text("$patch") == "delete")
            {
                target.Remove(match);
            }
            else if (match is not null)
            {
                Apply(match, item);
            }
            else
            {
                var added = new JsonObject();
                Apply(added, item);
                target.Add((JsonNode)added);
            }
        }

        return (JsonArray)target.DeepClone();
    }

    private static void Reorder(JsonObject target, string name, JsonArray? order)
    {
        if (target[name] is not JsonArray items || order is null)
            return;
        string[] keys = s_mergeKeys.GetValueOrDefault(name, []);
        List<string?> wanted = [.. order.Select(item => item is JsonObject ? KeyOf(item, keys) : Plain(item))];
        int Rank(JsonNode? item)
        {
            int rank = wanted.IndexOf(item is JsonObject ? KeyOf(item, keys) : Plain(item));
            return rank < 0 ? int.MaxValue : rank;
        }

        target[name] = new JsonArray([.. items.OrderBy(Rank).Select(item => item?.DeepClone())]);
    }

    private static void RemovePrimitives(JsonArray? target, JsonNode? values)
    {
        foreach (JsonNode? item in target?.Where(item => values is JsonArray gone && gone.Any(value => JsonNode.DeepEquals(value, item))).ToList() ?? [])
            target!.Remove(item);
    }

    private static string? KeyOf(JsonNode? item, string[] keys) => keys.Select(key => Plain(item.At(key))).FirstOrDefault(value => value is not null);

    private static string? Plain(JsonNode? value) => value.Text() ?? value.Number()?.ToString(CultureInfo.InvariantCulture);
}
