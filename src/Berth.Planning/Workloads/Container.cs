using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>One container of a pod template, with its words and variables as the kubelet would give them.</summary>
internal sealed class Container
{
    private readonly PlanObject _owner;
    private readonly ObjectIndex _index;
    private readonly Dictionary<string, (string? Value, JsonNode Node)> _variables = new(StringComparer.Ordinal);

    public Container(PlanObject owner, JsonObject body, ObjectIndex index)
    {
        _owner = owner;
        _index = index;
        Body = body;
        Name = body.Text("name") ?? "";
        ReadVariables();
        Words = [.. Strings("command"), .. Strings("args")];
    }

    public JsonObject Body { get; }

    public string Name { get; }

    /// <summary>The command and its arguments, with variables in place.</summary>
    public IReadOnlyList<(string Text, JsonNode Node)> Words { get; }

    /// <summary>True when the container runs <c>berth</c>.</summary>
    public bool IsBerth => Words.Count > 0 && Words[0].Text.Split('/')[^1] == "berth"
        || (Body.Text("image") ?? "").Split('/')[^1].Split(':', '@')[0] == "berth";

    /// <summary>True when the container runs a command of <c>berth</c>, such as <c>echo</c>.</summary>
    public bool Runs(string command) => IsBerth && Words.Take(2).Any(word => word.Text == command);

    /// <summary>The value of a variable; null when it is not set or not known.</summary>
    public string? Variable(string name) => _variables.TryGetValue(name, out (string? Value, JsonNode Node) found) ? found.Value : null;

    /// <summary>The entry of <c>env</c> that sets a variable, or null.</summary>
    public JsonObject? VariableEntry(string name) => Body.Items("env").LastOrDefault(entry => entry.Text("name") == name);

    /// <summary>The value of a setting: <c>--NAME VALUE</c>, else <c>BERTH_NAME</c>, as the program itself reads it.</summary>
    public (string Value, string Source, JsonNode Node)? Setting(string name)
    {
        foreach ((string Value, string Source, JsonNode Node) found in Settings(name))
            return found;
        return null;
    }

    /// <summary>All values of a setting that may be repeated.</summary>
    public IEnumerable<(string Value, string Source, JsonNode Node)> Settings(string name)
    {
        string option = "--" + name;
        bool isGiven = false;
        for (int i = 0; i < Words.Count; i++)
        {
            (string text, JsonNode node) = Words[i];
            bool isNext = text == option && i + 1 < Words.Count;
            if (!isNext && !text.StartsWith(option + "=", StringComparison.Ordinal))
                continue;
            isGiven = true;
            (string value, JsonNode at) = isNext ? Words[i + 1] : (text[(option.Length + 1)..], node);
            yield return (value, $"{option} of container {Name}", at);
        }

        string variable = "BERTH_" + name.ToUpperInvariant().Replace('-', '_');
        if (!isGiven && _variables.TryGetValue(variable, out (string? Value, JsonNode Node) found) && !string.IsNullOrEmpty(found.Value))
            yield return (found.Value, $"{variable} of container {Name}", found.Node);
    }

    private void ReadVariables()
    {
        foreach (JsonObject source in Body.Items("envFrom"))
        {
            if (FindMap(source.Text("configMapRef", "name")).At("data") is not JsonObject data)
                continue;
            foreach ((string key, JsonNode? value) in data)
                _variables[source.Text("prefix") + key] = (value.Plain(), source);
        }

        foreach (JsonObject entry in Body.Items("env"))
        {
            string? value = entry["value"] is { } literal ? Expand(literal.Plain()) : null;
            if (entry.At("valueFrom", "configMapKeyRef") is { } reference)
                value = FindMap(reference.Text("name")).At("data", reference.Text("key") ?? "")?.Plain();
            _variables[entry.Text("name") ?? ""] = (value, entry);
        }
    }

    private JsonObject? FindMap(string? name) => name is null ? null : _index.FindConfigMap(_owner.Namespace, name)?.Body;

    private IEnumerable<(string, JsonNode)> Strings(string field) =>
        (Body[field] as JsonArray)?.Where(static word => word is not null).Select(word => (Expand(word.Plain()), word!)) ?? [];

    /// <summary>Replaces <c>$(NAME)</c> by known variables, as the kubelet does.</summary>
    private string Expand(string text)
    {
        if (!text.Contains("$(", StringComparison.Ordinal))
            return text;
        foreach ((string name, (string? value, _)) in _variables)
        {
            if (value is not null)
                text = text.Replace($"$({name})", value, StringComparison.Ordinal);
        }

        return text;
    }
}
