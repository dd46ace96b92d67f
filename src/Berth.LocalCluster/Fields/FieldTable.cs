namespace Berth.LocalCluster.Fields;

/// <summary>Every field of every kind, as in Kubernetes' own types: its type in JSON, and its number in protobuf.</summary>
internal static class FieldTable
{
    private static readonly Lazy<Dictionary<string, Dictionary<string, Field>>> s_types = new(Load);

    /// <summary>
    /// Returns the fields of a type by their names, including those of inlined types. Null for a type that is a plain value.
    /// </summary>
    public static IReadOnlyDictionary<string, Field>? Of(string type) => s_types.Value.GetValueOrDefault(type);

    /// <summary>
    /// Returns the lines of a table inside this program, without comments. A line that starts with a space continues the one before it.
    /// </summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="separator">What stands between two items of a line, and so between a line and its continuation.</param>
    public static IEnumerable<string> Lines(string table, char separator = ' ') => Text(table)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith('#'))
        .Aggregate(new List<string>(), (lines, line) =>
        {
            if (line.StartsWith(' '))
                lines[^1] += separator + line.TrimStart();
            else
                lines.Add(line);
            return lines;
        });

    public static string Text(string table)
    {
        using StreamReader reader = new(typeof(FieldTable).Assembly.GetManifestResourceStream(table)!);
        return reader.ReadToEnd();
    }

    private static Dictionary<string, Dictionary<string, Field>> Load()
    {
        Dictionary<string, Dictionary<string, Field>> types = new(StringComparer.Ordinal);
        foreach (string[] words in Lines("fields.txt").Select(line => line.Split(' ')))
            types.Add(words[0], words.Skip(1).Select(Field.Parse).ToDictionary(field => field.Name, StringComparer.Ordinal));
        foreach (Dictionary<string, Field> fields in types.Values)
            Inline(fields, types);
        return types;
    }

    /// <summary>Adds the fields of inlined types, and of those that they inline.</summary>
    private static void Inline(Dictionary<string, Field> fields, Dictionary<string, Dictionary<string, Field>> types)
    {
        foreach (Field inlined in fields.Values.Where(field => field.Inline).ToList())
        {
            Dictionary<string, Field> inner = types[inlined.Type];
            Inline(inner, types);

            // They are known by name only. On the wire they are fields of the inlined message.
            foreach ((string name, Field field) in inner)
                fields.TryAdd(name, field with { Number = 0 });
        }
    }

    /// <summary>One field. Its number is 0 when it is inlined from another type.</summary>
    internal sealed record Field(string Name, int Number, string Type, bool List, string MergeKey, bool Map, bool Inline, bool OmitZero)
    {
        public static Field Parse(string text)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string type = text[(colon + 1)..];
            return new(
                text[..equals],
                int.Parse(text.AsSpan(equals + 1, colon - equals - 1), CultureInfo.InvariantCulture),
                type[(type.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim('{', '}', '^', '?'),
                type.StartsWith('['),
                type.StartsWith('[') ? type[1..type.IndexOf(']', StringComparison.Ordinal)] : "",
                type.StartsWith('{'),
                type.StartsWith('^'),
                type.EndsWith('?'));
        }
    }
}
