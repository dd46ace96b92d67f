namespace Berth.LocalCluster.Apply;

/// <summary>Walks over an object and its fields: collects, compares, merges and removes fields.</summary>
internal static class AppliedFields
{
    /// <summary>Collects every field that an object states.</summary>
    public static FieldSet Of(string type, JsonObject body)
    {
        FieldSet set = new();
        Collect(type, body, set);
        return set;
    }

    /// <summary>
    /// Collects the fields of an object that another object lacks or has with another value. A map, a list or an optional object that the
    /// other lacks counts itself too, as on a real server.
    /// </summary>
    public static FieldSet Changed(string type, JsonObject? before, JsonObject after)
    {
        FieldSet set = new();
        Compare(type, before, after, set, isThere: true);
        return set;
    }

    /// <summary>Merges an applied object into an object.</summary>
    public static void Merge(string type, JsonObject target, JsonObject applied)
    {
        foreach ((string name, JsonNode? value) in applied)
        {
            if (value is null || FieldShape.IsAtomic(type, name, value) || target[name] is null)
                target[name] = value?.DeepClone();
            else if (value is JsonObject fields && target[name] is JsonObject old)
                Merge(FieldShape.Below(type, name), old, fields);
            else if (value is JsonArray items && target[name] is JsonArray list)
                MergeItems(type, name, list, items);
            else
                target[name] = value.DeepClone();
        }
    }

    /// <summary>Removes fields from an object, and parents that are then empty.</summary>
    public static void Remove(string type, JsonObject target, FieldSet fields)
    {
        foreach ((string step, FieldSet below) in fields.Children)
        {
            string name = step[2..];
            if (!step.StartsWith("f:", StringComparison.Ordinal) || target[name] is not { } value)
                continue;
            bool isWhole = FieldShape.IsAtomic(type, name, value) || !below.Children.Any();
            if (!isWhole && value is JsonObject inner)
            {
                Remove(FieldShape.Below(type, name), inner, below);
                if (inner.Count == 0)
                    target.Remove(name);
            }
            else if (!isWhole && value is JsonArray items)
            {
                RemoveItems(type, name, items, below);
                if (items.Count == 0)
                    target.Remove(name);
            }
            else
            {
                target.Remove(name);
            }
        }
    }

    /// <summary>
    /// Finds the paths of the applied fields that are in a set and would change, such as <c>.spec.replicas</c>. It compares the object
    /// before and after the apply.
    /// </summary>
    public static IEnumerable<(string Path, FieldSet Field)> Differing(
        string type, JsonObject live, JsonObject after, JsonObject applied, FieldSet owned, string path = "")
    {
        foreach ((string name, JsonNode? value) in applied)
        {
            if (!owned.TryGet("f:" + name, out FieldSet? below))
                continue;
            string at = $"{path}.{name}";
            if (FieldShape.IsAtomic(type, name, value) || value is JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                if (below.IsMember && !JsonNode.DeepEquals(live[name], after[name]))
                    yield return (at, One("f:" + name));
            }
            else if (value is JsonObject fields)
            {
                JsonObject old = live[name] as JsonObject ?? [];
                JsonObject became = after[name] as JsonObject ?? [];
                foreach ((string inner, FieldSet field) in Differing(FieldShape.Below(type, name), old, became, fields, below, at))
                    yield return (inner, One("f:" + name, field));
            }
            else if (value is JsonArray items)
            {
                foreach (JsonObject item in items.OfType<JsonObject>())
                {
                    string step = FieldShape.StepOf(type, name, item);
                    if (!below.TryGet(step, out FieldSet? ofItem))
                        continue;
                    JsonObject old = Find(type, name, live[name] as JsonArray, step) as JsonObject ?? [];
                    JsonObject became = Find(type, name, after[name] as JsonArray, step) as JsonObject ?? [];
                    // [name="game"], [containerPort=80,protocol="UDP"].
                    string keys = string.Join(
                        ',', JsonNode.Parse(step[2..])!.AsObject().Select(static key => $"{key.Key}={key.Value!.ToJsonString()}"));
                    string itemAt = $"{at}[{keys}]";
                    foreach ((string inner, FieldSet field) in Differing(FieldShape.Below(type, name), old, became, item, ofItem, itemAt))
                        yield return (inner, One("f:" + name, One(step, field)));
                }
            }
        }
    }

    private static FieldSet One(string step, FieldSet? below = null)
    {
        FieldSet set = new();
        set.Put(step, below ?? new FieldSet { IsMember = true });
        return set;
    }

    private static void Collect(string type, JsonObject body, FieldSet set)
    {
        foreach ((string name, JsonNode? value) in body)
        {
            FieldSet child = set.At("f:" + name);
            if (FieldShape.IsAtomic(type, name, value) || value is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                child.IsMember = true;
            else if (value is JsonObject fields)
                Collect(FieldShape.Below(type, name), fields, child);
            else
                CollectItems(type, name, (JsonArray)value!, child);
        }
    }

    private static void CollectItems(string type, string name, JsonArray items, FieldSet set)
    {
        foreach (JsonNode? item in items)
        {
            FieldSet child = set.At(FieldShape.StepOf(type, name, item));
            child.IsMember = true;
            if (item is JsonObject fields && !FieldShape.HasAtomicItems(type, name))
                Collect(FieldShape.Below(type, name), fields, child);
        }
    }

    /// <summary>Compares; an object may be there before only because Go's types always have it.</summary>
    private static void Compare(string type, JsonObject? before, JsonObject after, FieldSet set, bool isThere)
    {
        foreach ((string name, JsonNode? value) in after)
        {
            JsonNode? old = before?[name];
            if (JsonNode.DeepEquals(old, value))
                continue;
            FieldSet child = new();
            bool isFieldThere = old is not null || (isThere && FieldShape.IsAlwaysThere(type, name));
            if (isFieldThere && old is null && value is JsonObject { Count: 0 })
                continue;
            if (FieldShape.IsAtomic(type, name, value) || value is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                child.IsMember = true;
            else if (value is JsonObject fields)
                Compare(FieldShape.Below(type, name), old as JsonObject, fields, child, isFieldThere);
            else
                CompareItems(type, name, old as JsonArray, (JsonArray)value!, child);
            child.IsMember |= !isFieldThere;
            if (!child.IsEmpty)
                set.Put("f:" + name, child);
        }
    }

    private static void CompareItems(string type, string name, JsonArray? before, JsonArray after, FieldSet set)
    {
        foreach (JsonNode? item in after)
        {
            string step = FieldShape.StepOf(type, name, item);
            JsonNode? old = Find(type, name, before, step);
            if (JsonNode.DeepEquals(old, item))
                continue;
            FieldSet child = set.At(step);
            child.IsMember = old is null;
            if (item is JsonObject fields && !FieldShape.HasAtomicItems(type, name))
                Compare(FieldShape.Below(type, name), old as JsonObject, fields, child, old is not null);
            else
                child.IsMember = true;
        }
    }

    private static void MergeItems(string type, string name, JsonArray target, JsonArray applied)
    {
        foreach (JsonNode? item in applied)
        {
            JsonNode? old = Find(type, name, target, FieldShape.StepOf(type, name, item));
            if (old is JsonObject known && item is JsonObject fields)
                Merge(FieldShape.Below(type, name), known, fields);
            else if (old is null)
                target.Add(item?.DeepClone());
        }
    }

    private static void RemoveItems(string type, string name, JsonArray items, FieldSet fields)
    {
        foreach (JsonNode? item in items.ToList())
        {
            if (!fields.TryGet(FieldShape.StepOf(type, name, item), out FieldSet? below))
                continue;

            // The item itself has no owner now, so its default values are removed too.
            if (below.IsMember)
                items.Remove(item);
            else if (item is JsonObject inner)
                Remove(FieldShape.Below(type, name), inner, below);
        }
    }

    private static JsonNode? Find(string type, string name, JsonArray? items, string step) =>
        items?.FirstOrDefault(item => FieldShape.StepOf(type, name, item) == step);
}
