namespace Berth.LocalCluster.Patches;

/// <summary>
/// Kubernetes' own merge: lists of objects are merged by the key that their type names (patchMergeKey in the API's Go types, here in fields.txt), with the
/// directives $patch, $retainKeys, $deleteFromPrimitiveList and $setElementOrder. Lists without a key are replaced.
/// </summary>
internal static class StrategicMergePatch
{
    /// <summary>Changes an object of a type.</summary>
    public static void Apply(string type, JsonObject target, JsonObject patch)
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
                ApplyField(FieldTable.Of(type)?.GetValueOrDefault(name), target, name, value);
        }

        foreach ((string directive, JsonNode? value) in patch.Where(pair => pair.Key.StartsWith("$setElementOrder/", StringComparison.Ordinal)))
        {
            string name = directive[(directive.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (target[name] is JsonArray items && value is JsonArray order)
                target[name] = Reordered(items, order, FieldTable.Of(type)?.GetValueOrDefault(name)?.MergeKey ?? "");
        }
    }

    private static void ApplyField(FieldTable.Field? field, JsonObject target, string name, JsonNode? value)
    {
        if (value is null || value.Text("$patch") == "delete")
            target.Remove(name);
        else if (value is JsonObject fields)
            Apply(field is { Map: false } ? field.Type : "", target.Child(name), fields);
        else if (value is JsonArray items && field is { MergeKey.Length: > 0 })
            target[name] = MergedList(field, target[name] as JsonArray ?? [], items);
        else
            target[name] = value.DeepClone();
    }

    private static JsonArray MergedList(FieldTable.Field field, JsonArray target, JsonArray patch)
    {
        if (patch.Any(item => item.Text("$patch") == "replace"))
            return [.. patch.Where(item => item.At("$patch") is null).Select(item => item!.DeepClone())];
        foreach (JsonNode? item in patch)
        {
            JsonNode? match = target.FirstOrDefault(candidate => KeyOf(candidate, field.MergeKey) is { } key && key == KeyOf(item, field.MergeKey));
            if (item.Text("$patch") == "delete")
                target.Remove(match);
            else if (match is JsonObject old)
                Apply(field.Type, old, (JsonObject)item!);
            else if (match is null)
                target.Add(item is JsonObject fresh ? Made(field.Type, fresh) : item?.DeepClone());
        }

        return (JsonArray)target.DeepClone();
    }

    /// <summary>What a patch makes where there was nothing.</summary>
    private static JsonObject Made(string type, JsonObject patch)
    {
        var made = new JsonObject();
        Apply(type, made, patch);
        return made;
    }

    private static JsonArray Reordered(JsonArray items, JsonArray order, string key)
    {
        List<string?> wanted = [.. order.Select(item => KeyOf(item, key))];
        return [.. items.OrderBy(item => wanted.IndexOf(KeyOf(item, key)) is >= 0 and var rank ? rank : int.MaxValue).Select(item => item?.DeepClone())];
    }

    private static void RemovePrimitives(JsonArray? target, JsonNode? values)
    {
        foreach (JsonNode? item in target?.Where(item => values is JsonArray gone && gone.Any(value => JsonNode.DeepEquals(value, item))).ToList() ?? [])
            target!.Remove(item);
    }

    private static string? KeyOf(JsonNode? item, string key) => (item is JsonObject fields ? fields[key] : item)?.ToString();
}
