using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Patches;

/// <summary>JSON Patch (RFC 6902).</summary>
internal static class JsonPatch
{
    public static void Apply(JsonObject target, JsonArray operations)
    {
        foreach (JsonObject operation in operations.OfType<JsonObject>())
        {
            string path = operation.Text("path") ?? throw Fault();
            string From() => operation.Text("from") ?? throw Fault();
            string? what = operation.Text("op");
            JsonNode? value = what switch
            {
                "move" => Remove(target, From()),
                "copy" => Read(target, From())?.DeepClone(),
                _ => operation["value"]?.DeepClone(),
            };

            // A replacement may name a missing field of an object. The library of a real server also accepts that.
            if (what is "add" or "move" or "copy" or "replace")
                Put(target, path, value, insert: what != "replace");
            else if (what == "remove")
                Remove(target, path);
            else if (what != "test" || !JsonNode.DeepEquals(Read(target, path), value))
                throw Fault();
        }
    }

    private static void Put(JsonObject target, string path, JsonNode? value, bool insert)
    {
        (JsonNode parent, string last) = Parent(target, path);
        if (parent is not JsonArray items)
            parent[last] = value;
        else if (insert)
            items.Insert(last == "-" ? items.Count : Index(items, last, items.Count), value);
        else
            items[Index(items, last, items.Count - 1)] = value;
    }

    private static JsonNode? Remove(JsonObject target, string path)
    {
        JsonNode? removed = Read(target, path);
        (JsonNode parent, string last) = Parent(target, path);
        if (parent is JsonArray items)
            items.RemoveAt(Index(items, last, items.Count - 1));
        else if (!((JsonObject)parent).Remove(last))
            throw Fault();
        return removed;
    }

    private static JsonNode? Read(JsonObject target, string path)
    {
        (JsonNode parent, string last) = Parent(target, path);
        return parent is JsonArray items ? items[Index(items, last, items.Count - 1)] : parent.At(last);
    }

    private static (JsonNode Parent, string Last) Parent(JsonObject target, string path)
    {
        if (!path.StartsWith('/'))
            throw Fault();
        static string Unescaped(string step) =>
            step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        string[] steps = [.. path[1..].Split('/').Select(Unescaped)];
        JsonNode? node = target;
        foreach (string step in steps[..^1])
            node = node is JsonArray items ? items[Index(items, step, items.Count - 1)] : node.At(step);
        return node is JsonObject or JsonArray ? (node, steps[^1]) : throw Fault();
    }

    private static int Index(JsonArray items, string text, int last) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= last
            ? index
            : throw Fault();

    private static ApiException Fault() => new(422, "Invalid", "the server rejected our request due to an error in our request", []);
}
