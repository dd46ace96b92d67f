namespace Berth.LocalCluster.Fields;

/// <summary>Checks an object by <c>rules.txt</c>, which has the rules of each field.</summary>
internal static class FieldRules
{
    private static readonly Lazy<Dictionary<string, Entry[]>> s_types = new(Load);

    public static void Check(FieldFaults faults, string type, JsonNode? body, string path = "")
    {
        foreach (Entry entry in s_types.Value.GetValueOrDefault(type, []))
        {
            string field = string.Join('.', entry.Path);
            string at = field.Length == 0 ? path : path.Length == 0 ? field : $"{path}.{field}";
            JsonNode? value = body.At(entry.Path);
            if (entry.Path.Length > 1 && body.At(entry.Path.AsSpan(..^1)) is null)
                continue;
            if (entry.Required && IsEmpty(value))
                faults.Required(at);
            else if (!(entry.Optional && IsEmpty(value)) && (value ?? entry.Else) is { } given)
                Array.ForEach(entry.Rules, rule => Hold(faults, rule.Name, rule.Argument, given, at));
            if (value is JsonArray items)
                items.Index().ToList().ForEach(item => Check(faults, entry.Type, item.Item, $"{at}[{item.Index}]"));
            else if (value is JsonObject)
                Check(faults, entry.Type, value, at);
        }
    }

    /// <summary>Checks each key and value of a map of labels.</summary>
    public static void Labels(FieldFaults faults, JsonNode? labels, string at)
    {
        foreach ((string key, string value) in labels.Map())
        {
            Form(faults, "qualified", key, at);
            Form(faults, "labelvalue", value, at);
        }
    }

    public static void Form(FieldFaults faults, string form, string text, string at)
    {
        foreach (string fault in Formats.Faults(form, text))
            faults.Invalid(at, text, fault);
    }

    private static void Hold(FieldFaults faults, string rule, string argument, JsonNode value, string at)
    {
        if (rule == "oneof")
        {
            faults.OneOf(at, value.Text(), argument.Split('|'));
        }
        else if (rule is "range" or "port" or "share" && value.Text() is null)
        {
            Range(faults, value, rule switch { "port" => "1-65535", "share" => "0-", _ => argument }, at);
        }
        else if (rule is "is" or "positive" or "most" or "mode" or "lifetime")
        {
            if (Amount(rule, argument, value) is { } fault)
                faults.Invalid(at, value, fault);
        }
        else if (rule == "unique")
        {
            bool IsSecond(int index, string name) => value.Items().Take(index).Any(other => other.Text(argument) == name);
            IEnumerable<(int Index, JsonObject Item)> second = value.Items().Index()
                .Where(item => item.Item.Text(argument) is { Length: > 0 } name && IsSecond(item.Index, name));
            foreach ((int index, JsonObject item) in second)
                faults.Duplicate($"{at}[{index}].{argument}", item[argument]);
        }
        else if (rule == "labels")
        {
            Labels(faults, value, at);
        }
        else if (rule is "handler" or "source")
        {
            List<string> given = [.. argument.Split('|').Where(field => value.At(field) is not null)];
            if (given.Count == 0 && rule == "handler")
                faults.Required(at, "must specify a handler type");
            foreach (string field in given.Skip(1))
                faults.Forbidden($"{at}.{field}", $"may not specify more than 1 {(rule == "handler" ? "handler" : "volume")} type");
        }
        else
        {
            Form(faults, rule == "port" ? "portname" : rule, value.Text() ?? "", at);
        }
    }

    private static string? Amount(string rule, string argument, JsonNode value)
    {
        if (rule == "is")
            return value.ToString() == argument ? null : $"must be {argument}";
        if (rule == "positive")
            return value.Number() > 0 ? null : "must be greater than zero";
        if (rule == "mode")
            return value.Number() is >= 0 and <= 511 ? null : "must be a number between 0 and 0777 (octal), both inclusive";
        if (rule == "lifetime")
        {
            return value.Number() < 600 ? "may not specify a duration less than 10 minutes"
                : value.Number() > uint.MaxValue + 1L ? "may not specify a duration larger than 2^32 seconds"
                : null;
        }

        bool tooMuch = value.Text() is { } share
            && int.TryParse(share.TrimEnd('%'), CultureInfo.InvariantCulture, out int percent)
            && percent > 100;
        return tooMuch ? "must not be greater than 100%" : null;
    }

    /// <summary>A range has two ends. The upper end may be missing.</summary>
    private static void Range(FieldFaults faults, JsonNode value, string range, string at)
    {
        string[] ends = range.Split('-');
        long least = long.Parse(ends[0], CultureInfo.InvariantCulture);
        long? most = ends[1].Length == 0 ? null : long.Parse(ends[1], CultureInfo.InvariantCulture);
        if (value.Number() < least || value.Number() > most)
        {
            faults.Invalid(
                at,
                value,
                most is null ? $"must be greater than or equal to {least}" : $"must be between {least} and {most}, inclusive");
        }
    }

    private static bool IsEmpty(JsonNode? value) => value is null or JsonArray { Count: 0 } || value.Text() is "" || value.Number() == 0;

    private static Dictionary<string, Entry[]> Load()
    {
        Dictionary<string, Entry[]> types = new(StringComparer.Ordinal);
        foreach (string[] words in FieldTable.Lines("rules.txt").Select(line => line.Split(' ')))
        {
            foreach (string type in words[0].Split(','))
                types.Add(type, [.. words.Skip(1).Select(Entry.Parse)]);
        }

        return types;
    }

    /// <summary>A field by its path, with its rules and the type of its content.</summary>
    private sealed record Entry(
        string[] Path, bool Required, bool Optional, JsonNode? Else, (string Name, string Argument)[] Rules, string Type)
    {
        public static Entry Parse(string text)
        {
            string[] typed = text.Split('>');
            string[] parts = typed[0].Split(':');
            List<(string Name, string Argument)> rules = [.. (parts.Length > 1 ? parts[1].Split(',') : []).Select(ParseRule)];
            bool Has(string name) => rules.RemoveAll(rule => rule.Name == name) > 0;
            string[] path = parts[0] == "." ? [] : parts[0].Split('.');
            string type = typed.Length > 1 ? typed[1] : "";
            return new(path, Has("required"), Has("optional"), Has("else") ? 0 : null, [.. rules], type);
        }

        private static (string Name, string Argument) ParseRule(string rule)
        {
            string[] parts = rule.Split('=');
            return (parts[0], parts.Length > 1 ? parts[1] : "");
        }
    }
}
