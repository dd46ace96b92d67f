using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Recorded;

/// <summary>
/// Two answers, field by field. Values that always differ (times, versions, UIDs, addresses, generated names, the node) count as equal.
/// </summary>
internal static partial class FieldComparison
{
    public const string NotHere = "not here";
    public const string OnlyHere = "only here";
    public const string OtherValue = "other value";

    /// <summary>The differences, each with its path and kind. Of a part that only one side has, only the top is listed.</summary>
    public static IReadOnlyList<(string Path, string Kind)> Compare(JsonNode? recorded, JsonNode? ours)
    {
        Dictionary<string, SortedSet<string>> there = Flatten(recorded);
        Dictionary<string, SortedSet<string>> here = Flatten(ours);
        List<(string Path, string Kind)> differences = [];
        foreach (string path in there.Keys.Union(here.Keys).Order(StringComparer.Ordinal))
        {
            if (!here.TryGetValue(path, out SortedSet<string>? mine))
            {
                differences.Add((path, NotHere));
            }
            else if (!there.TryGetValue(path, out SortedSet<string>? theirs))
            {
                differences.Add((path, OnlyHere));
            }
            else if (!mine.SetEquals(theirs))
            {
                differences.Add((path, OtherValue));
            }
        }

        bool IsWithin((string Path, string Kind) found) =>
            differences.Any(other => other.Kind == found.Kind && found.Path != other.Path && IsBelow(found.Path, other.Path));
        return [.. differences.Where(found => !IsWithin(found))];
    }

    private static bool IsBelow(string path, string other) =>
        path.StartsWith(other, StringComparison.Ordinal) && path.Length > other.Length && path[other.Length] is '.' or '[';

    private static Dictionary<string, SortedSet<string>> Flatten(JsonNode? node)
    {
        Dictionary<string, SortedSet<string>> fields = new(StringComparer.Ordinal);
        Walk(node, string.Empty);
        return fields;

        void Add(string path, string value)
        {
            if (!fields.TryGetValue(path, out SortedSet<string>? values))
            {
                fields[path] = values = new SortedSet<string>(StringComparer.Ordinal);
            }

            values.Add(value);
        }

        void Walk(JsonNode? current, string path)
        {
            switch (current)
            {
                case JsonObject body:
                    Add(path, "{}");
                    foreach ((string name, JsonNode? value) in body)
                    {
                        Walk(value, path.Length == 0 ? name : $"{path}.{name}");
                    }

                    break;
                case JsonArray items:
                    Add(path, "[]");
                    foreach (JsonNode? item in items)
                    {
                        // Parts with a role of their own are compared with their like; pods and endpoints are all alike.
                        Walk(item, $"{path}[{RoleOf(item)}]");
                    }

                    break;
                default:
                    Add(path, Plain(path, current));
                    break;
            }
        }
    }

    private static string? RoleOf(JsonNode? item) =>
        item is JsonObject fields && (fields["type"] ?? fields["name"]) is JsonValue role && !fields.ContainsKey("protocol")
            ? (string?)role
            : null;

    private static string Plain(string path, JsonNode? value)
    {
        string name = path[(path.LastIndexOf('.') + 1)..];
        bool varies = name is "resourceVersion" or "generation" or "observedGeneration" or "uid" or "continue" or "nodeName" or "zone";
        if (varies || name.EndsWith("/zone", StringComparison.Ordinal))
        {
            return "<any>";
        }

        string text = value?.ToJsonString().Trim('"') ?? "null";
        text = Time().Replace(text, "<time>");
        text = Address().Replace(text, "<ip>");
        text = Version().Replace(text, "<version>");
        text = Suffix().Replace(text, "$1-<generated>");

        // Which of the 260 pods are in which slice, and which slices on which page, is as their generated names are.
        return Ordinal().Replace(text, "many-<ordinal>");
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<=current: )\d+|(?<=too old resource version: )\d+ \(\d+\)")]
    private static partial Regex Version();

    [GeneratedRegex(@"^many-\d+$")]
    private static partial Regex Ordinal();

    [GeneratedRegex("^(service-b|rooms|lobby|portless|many)(-[bcdfghjklmnpqrstvwxz2456789]{5,10})+$")]
    private static partial Regex Suffix();
}
