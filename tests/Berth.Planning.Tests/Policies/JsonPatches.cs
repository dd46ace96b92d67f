using System.Text.Json.Nodes;

namespace Berth.Planning.Policies;

/// <summary>The operations "add" of a JSON Patch (RFC 6902), as the policies use them.</summary>
internal static class JsonPatches
{
    public static void Apply(JsonNode target, JsonArray operations)
    {
        foreach (JsonNode? operation in operations)
        {
            Assert.Equal("add", operation!["op"]!.GetValue<string>());
            string[] path = operation["path"]!.GetValue<string>().Split('/')[1..];
            JsonNode parent = path[..^1].Aggregate(target, Step);
            JsonNode value = operation["value"]!.DeepClone();

            // Kubernetes 1.36.2 ends a request without an answer when such a value is a list with objects in it.
            Assert.False(value is JsonArray { Count: > 0 }, "A value is a list that is not empty.");
            if (parent is JsonArray list)
                list.Insert(int.Parse(path[^1], System.Globalization.CultureInfo.InvariantCulture), value);
            else
                parent[path[^1]] = value;
        }
    }

    private static JsonNode Step(JsonNode at, string name) =>
        at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : at[name]!;
}
