using System.Text.Json.Nodes;

namespace Berth.LocalCluster;

/// <summary>The answers of a real Kubernetes 1.36 API server.</summary>
internal static class Recordings
{
    public static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name + ".json")))!;

    public static IReadOnlyList<JsonNode> ReadLines(string name) =>
        [.. File.ReadAllLines(PathOf(name + ".jsonl")).Select(line => JsonNode.Parse(line)!)];

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "kubernetes-1.36", file);

    /// <summary>
    /// The paths of every field, sorted; list elements under [], so that shapes can be compared where values differ by nature.
    /// </summary>
    public static IReadOnlyList<string> Shape(JsonNode? node, params string[] leaveOut)
    {
        SortedSet<string> paths = new(StringComparer.Ordinal);
        Walk(node, string.Empty);
        return [.. paths];

        void Walk(JsonNode? current, string path)
        {
            if (leaveOut.Contains(path, StringComparer.Ordinal))
            {
                return;
            }

            paths.Add(path);
            if (current is JsonObject fields)
            {
                foreach ((string name, JsonNode? value) in fields)
                {
                    Walk(value, $"{path}.{name}");
                }
            }
            else if (current is JsonArray items)
            {
                foreach (JsonNode? item in items)
                {
                    Walk(item, path + "[]");
                }
            }
        }
    }
}
