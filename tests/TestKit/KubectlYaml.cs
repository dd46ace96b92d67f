using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.TestKit;

/// <summary>The values that kubectl reads from YAML, recorded from kubectl in a table. Tests compare each YAML reader with it.</summary>
/// <param name="Kind">value, key or text.</param>
/// <param name="Text">The YAML.</param>
/// <param name="Json">The JSON of the field v from kubectl; null when kubectl refuses the text.</param>
public sealed record KubectlYaml(string Kind, string Text, string? Json)
{
    /// <summary>The whole table.</summary>
    public static IReadOnlyList<KubectlYaml> All { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "kubectl-yaml.tsv"))
        .Where(static line => line.Length > 0 && !line.StartsWith('#')).Select(Parse)];

    /// <summary>
    /// Texts that the scanner of YamlDotNet takes otherwise than that of kubectl. It refuses lines of a list, mapping or quoted text that
    /// begin no further right than the key before them, a dash alone in a list, and a comment or a bracket without a blank before it. It
    /// accepts a tab that indents, an escaped slash and a pair of surrogates, and any anchor.
    /// </summary>
    public static IReadOnlyList<string> OtherwiseInYamlDotNet { get; } =
    [
        "v:\n-\ta", "v: |\n \ta\n", "[-]", "{-: -}", "[a, b]#x", "v: |# c\n  a\n", "v: [!!str, a]", "v: !!str,\n", "v: !!",
        "v: [\na\n]", "v: {\na: b\n}", "v:\n- a: [\n  1\n  ]", "v:\n  - a: [\n    1\n    ]",
        "v: \"a\nb\"", "v:\n  a: \"b\nc\"", "v:\n  a: {b: \"c\n  d\"}", "v: \"a\u0085b\"",
        "\"\\ud83d\\ude00\"", "\"\\/\"", "&a-b.c x", "&a: x",
    ];

    /// <summary>Those that the reader of manifests takes as kubectl does all the same: it mends their layout.</summary>
    public static IReadOnlyList<string> MendedInManifests { get; } =
    [
        "[-]", "{-: -}", "[a, b]#x", "v: |# c\n  a\n", "v: [\na\n]", "v: {\na: b\n}", "v:\n- a: [\n  1\n  ]", "v:\n  - a: [\n    1\n    ]",
        "v: \"a\nb\"", "v:\n  a: \"b\nc\"", "v:\n  a: {b: \"c\n  d\"}", "v: \"a\u0085b\"",
    ];

    /// <summary>
    /// Compares a reader with the whole table. Returns sentences about rows that it reads differently, and about listed exceptions that are
    /// none.
    /// </summary>
    public static IEnumerable<string> Differences(Func<string, string?> read, IEnumerable<string> otherwise) =>
        from row in All
        let sentence = row.Compare(read(row.Document))
        where sentence is null == otherwise.Contains(row.Text)
        select sentence ?? $"{row.Kind} {JsonSerializer.Serialize(row.Text)}: read as kubectl does, though it is said to differ";

    /// <summary>A document whose field v has the text.</summary>
    public string Document => Kind switch
    {
        "value" => $"v: {Text}\n",
        "key" => $"v:\n  {Text}: w\n",
        _ => Text + "\n",
    };

    /// <summary>Compares a reader's result with kubectl's; numbers by value.</summary>
    /// <returns>A sentence about the difference, or null.</returns>
    public string? Compare(string? json)
    {
        bool same = json is null || Json is null ? json == Json : Same(JsonNode.Parse(json), JsonNode.Parse(Json));
        return same ? null : $"{Kind} {JsonSerializer.Serialize(Text)}: {json ?? "refused"}, kubectl: {Json ?? "refused"}";
    }

    private static KubectlYaml Parse(string line)
    {
        string[] parts = line.Split('\t');
        return new KubectlYaml(
            parts[0], JsonSerializer.Deserialize<string>(parts[1])!,
            parts[2].StartsWith("error: ", StringComparison.Ordinal) ? null : parts[2]);
    }

    private static bool Same(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (JsonObject a, JsonObject b) =>
            a.Count == b.Count && a.All(pair => b.TryGetPropertyValue(pair.Key, out JsonNode? other) && Same(pair.Value, other)),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(static pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            a.GetValue<double>().Equals(b.GetValue<double>()),
        _ => JsonNode.DeepEquals(left, right),
    };
}
