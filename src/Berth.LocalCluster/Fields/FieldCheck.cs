using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Fields;

/// <summary>
/// Treats a body as the decoder of a real server does. Unknown fields are dropped and reported. Nulls count as absent, and so do zeros that
/// Go does not write. Quantities get their standard form. A value of the wrong type is refused, in the words of Go's decoder.
/// </summary>
internal sealed class FieldCheck
{
    private readonly List<string> _unknown = [];

    /// <summary>Drops unknown fields. Returns their paths, such as <c>spec.template.spec.containers[0].foo</c>.</summary>
    /// <exception cref="FormatException">A value has the wrong type.</exception>
    public static IReadOnlyList<string> Prune(ResourceKind kind, JsonObject body)
    {
        FieldCheck check = new();
        if (kind.IsCustom)
        {
            // Only its definition knows its fields. Here the fields that every object has are known.
            JsonObject known = JsonWriting.Fields(("metadata", body["metadata"]?.DeepClone()));
            check.Walk("Namespace", known, "", "");
            body["metadata"] = known["metadata"]?.DeepClone() ?? new JsonObject();
            return check._unknown;
        }

        check.Walk(kind.Kind, body, "", "");
        return check._unknown;
    }

    private void Walk(string type, JsonObject body, string path, string plainPath)
    {
        IReadOnlyDictionary<string, FieldTable.Field>? fields = FieldTable.Of(type);
        foreach ((string name, JsonNode? value) in body.ToList())
        {
            // The claims of a StatefulSet and the options of an eviction are whole objects.
            if ((path.Length == 0 || type is "PersistentVolumeClaim" or "DeleteOptions") && name is "kind" or "apiVersion")
                continue;
            if (fields?.TryGetValue(name, out FieldTable.Field? field) is not true || field!.Inline)
            {
                _unknown.Add($"unknown field \"{Join(path, name)}\"");
                body.Remove(name);
            }
            else
            {
                if (value is not null)
                    Check(type, field, value, Join(path, name), Join(plainPath, name));
                if (value is null || (field.OmitZero && IsZero(value)))
                    body.Remove(name);
                else if (field is { Type: "Quantity", List: false, Map: false })
                    body[name] = Written(value);
            }
        }
    }

    private void Check(string owner, FieldTable.Field field, JsonNode value, string path, string plainPath)
    {
        if (field.List && value is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
                Single(owner, field.Type, items[i], $"{path}[{i}]", plainPath);
        }
        else if (field.Map && value is JsonObject map)
        {
            foreach ((string key, JsonNode? entry) in map.ToList())
            {
                Single(owner, field.Type, entry, Join(path, key), plainPath);
                if (field.Type == "Quantity" && entry is not null)
                    map[key] = Written(entry);
            }
        }
        else if (field.List || field.Map)
        {
            throw Mismatch(owner, value, plainPath, field.List ? $"[]{GoName(field.Type)}" : $"map[string]{GoName(field.Type)}");
        }
        else
        {
            Single(owner, field.Type, value, path, plainPath);
        }
    }

    private void Single(string owner, string type, JsonNode? value, string path, string plainPath)
    {
        JsonValueKind found = value?.GetValueKind() ?? JsonValueKind.Null;
        bool good = found == JsonValueKind.Null || type switch
        {
            "string" or "bytes" or "Time" or "MicroTime" => found == JsonValueKind.String,
            "bool" => found is JsonValueKind.True or JsonValueKind.False,
            "int32" or "int64" => found == JsonValueKind.Number && IsInteger(value!, type),
            "Quantity" or "IntOrString" => found is JsonValueKind.String or JsonValueKind.Number,
            "any" or "RawExtension" => true,
            _ => found == JsonValueKind.Object,
        };
        if (!good)
            throw Mismatch(owner, value!, plainPath, GoName(type));
        if (type == "bytes" && value.Text() is { } coded && IllegalBase64(coded) is { } at)
            throw new FormatException($"illegal base64 data at input byte {at.ToString(CultureInfo.InvariantCulture)}");
        if (value is JsonObject body && FieldTable.Of(type) is not null)
            Walk(type, body, path, plainPath);
    }

    /// <summary>Returns the position of the first fault in base64, as Go's decoder counts; null when the whole text is base64.</summary>
    private static int? IllegalBase64(string text)
    {
        if (Convert.TryFromBase64String(text, new byte[text.Length], out _))
            return null;
        static bool IsDigit(char each) => char.IsAsciiLetterOrDigit(each) || each is '+' or '/' or '\r' or '\n';
        int bad = text.AsSpan().TrimEnd('=').ToString().ToList().FindIndex(static each => !IsDigit(each));
        return bad >= 0 ? bad : text.Length;
    }

    /// <summary>Returns a quantity in its standard form.</summary>
    private static string Written(JsonNode quantity) => Quantity.Parse(quantity.Text() ?? quantity.ToJsonString()).ToString();

    private static FormatException Mismatch(string owner, JsonNode value, string path, string type)
    {
        JsonValueKind kind = value.GetValueKind();
        string found = kind is JsonValueKind.True or JsonValueKind.False ? "bool" : kind.ToString().ToLowerInvariant();
        if (kind == JsonValueKind.Number && type is "int32" or "int64")
            found += " " + value.ToJsonString();
        return new($"json: cannot unmarshal {found} into Go struct field {owner}.{path} of type {type}");
    }

    private static bool IsInteger(JsonNode value, string type) =>
        long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        && (type == "int64" || number is >= int.MinValue and <= int.MaxValue);

    private static bool IsZero(JsonNode value) => value.GetValueKind() == JsonValueKind.False || value.Text() is "" || value.Number() == 0;

    private static string GoName(string type) => FieldTable.Of(type) is null ? type : $"v1.{type}";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
