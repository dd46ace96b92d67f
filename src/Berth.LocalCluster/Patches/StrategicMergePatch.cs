using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Patches;

/// <summary>
/// Kubernetes' strategic merge patch. Lists of objects are merged by the key that their type names (patchMergeKey in the API's Go types,
/// here in fields.txt), with the directives $patch, $retainKeys, $deleteFromPrimitiveList and $setElementOrder. Lists without a key are
/// replaced.
/// </summary>
internal static class StrategicMergePatch
{
    /// <summary>Applies a patch to an object of a type.</summary>
    public static void Apply(string type, JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace")
            target.Clear();
        if (patch["$retainKeys"] is JsonArray retained)
        {
            HashSet<string> keep = retained.Texts().ToHashSet(StringComparer.Ordinal);
            foreach (string name in target.Select(pair => pair.Key).Where(name => !keep.Contains(name)).ToList())
                target.Remove(name);
        }

        foreach ((string key, JsonNode? value) in patch.Where(pair => pair.Key is not ("$patch" or "$retainKeys")))
        {
            string name = key.StartsWith('$') ? key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..] : key;
            JsonArray? order = patch["$setElementOrder/" + name] as JsonArray;
            if (key == "$deleteFromPrimitiveList/" + name)
                RemovePrimitives(target[name] as JsonArray, value);
            else if (key == name)
                ApplyField(FieldTable.Of(type)?.GetValueOrDefault(name), target, name, value, order);
            else if (order is not null && !patch.ContainsKey(name) && target[name] is JsonArray)
                ApplyField(FieldTable.Of(type)?.GetValueOrDefault(name), target, name, new JsonArray(), order);
        }
    }

    private static void ApplyField(FieldTable.Field? field, JsonObject target, string name, JsonNode? value, JsonArray? order)
    {
        if (value is null || value.Text("$patch") == "delete")
            target.Remove(name);
        else if (value is JsonObject fields)
            Apply(field is { Map: false } ? field.Type : "", target.Child(name), fields);
        else if (value is JsonArray items && field is { MergeKey.Length: > 0 })
            target[name] = MergedList(field, target[name] as JsonArray ?? [], items, order ?? items);
        else
            target[name] = value.DeepClone();
    }

    private static JsonArray MergedList(FieldTable.Field field, JsonArray target, JsonArray patch, JsonArray order)
    {
        if (patch.Any(item => item.Text("$patch") == "replace"))
            return [.. patch.Where(item => item.At("$patch") is null).Select(item => item!.DeepClone())];
        List<string?> before = [.. target.Select(item => KeyOf(item, field.MergeKey))];
        foreach (JsonNode? item in patch)
        {
            string? wanted = KeyOf(item, field.MergeKey);
            JsonNode? match = wanted is null ? null : target.FirstOrDefault(candidate => KeyOf(candidate, field.MergeKey) == wanted);
            if (item.Text("$patch") == "delete")
                target.Remove(match);
            else if (match is JsonObject old)
                Apply(field.Type, old, (JsonObject)item!);
            else if (match is null)
                target.Add(item is JsonObject fresh ? Made(field.Type, fresh) : item?.DeepClone());
        }

        return Ordered(target, [.. order.Select(item => KeyOf(item, field.MergeKey))], before, field.MergeKey);
    }

    /// <summary>Returns the result of a patch when there was no value.</summary>
    private static JsonObject Made(string type, JsonObject patch)
    {
        JsonObject made = new();
        Apply(type, made, patch);
        return made;
    }

    /// <summary>
    /// The order of a real server's library: the items of the patch in its order, and before each of them the items that were before it and
    /// are not in the patch.
    /// </summary>
    private static JsonArray Ordered(JsonArray merged, List<string?> named, List<string?> before, string key)
    {
        int Was(JsonNode? item) => before.IndexOf(KeyOf(item, key));
        Queue<JsonNode?> rest = new(merged.Where(item => !named.Contains(KeyOf(item, key))));
        List<JsonNode?> ordered = [];
        foreach (JsonNode? item in merged.Where(item => named.Contains(KeyOf(item, key))).OrderBy(item => named.IndexOf(KeyOf(item, key))))
        {
            while (rest.TryPeek(out JsonNode? other) && Was(other) < Was(item))
                ordered.Add(rest.Dequeue());
            ordered.Add(item);
        }

        return [.. ordered.Concat(rest).Select(item => item?.DeepClone())];
    }

    private static void RemovePrimitives(JsonArray? target, JsonNode? values)
    {
        if (target is null || values is not JsonArray gone)
            return;
        foreach (JsonNode? item in target.Where(item => gone.Any(value => JsonNode.DeepEquals(value, item))).ToList())
            target.Remove(item);
    }

    private static string? KeyOf(JsonNode? item, string key) => (item is JsonObject fields ? fields[key] : item)?.ToString();
}
