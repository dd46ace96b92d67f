namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>A mapping in a kubeconfig. It has its file and line, so that a message can name them.</summary>
internal sealed class YamlMap(YamlValue value, string file)
{
    internal string File => file;

    internal YamlValue Value => value;

    /// <summary>Returns true for a value that is neither null nor empty: for kubectl <c>as: ""</c> means no <c>as</c>.</summary>
    internal bool Has(string key) => Find(key) is { } found && found is not ({ Single: "" } or { Items.Count: 0 } or { Fields.Count: 0 });

    /// <summary>Returns a text, or null when it is absent, null or empty. kubectl does not distinguish these either.</summary>
    internal string? Text(string key) => Find(key) is { } found && AsText(found, key) is { Length: > 0 } text ? text : null;

    internal bool Flag(string key) => Find(key) switch
    {
        null => false,
        { Single: bool flag } => flag,
        YamlValue other => throw Fault(other, $"{key} must be true or false"),
    };

    internal YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        { Fields: not null } map => new YamlMap(map, file),
        YamlValue other => throw Fault(other, $"{key} must be a mapping (key: value)"),
    };

    internal List<YamlMap> Maps(string key)
    {
        List<YamlMap> maps = new();
        foreach (YamlValue item in Items(key))
            maps.Add(
                item.Fields is not null
                    ? new YamlMap(item, file)
                    : throw Fault(item, $"each entry of {key} must be a mapping (key: value)"));
        return maps;
    }

    internal List<string> Texts(string key)
    {
        List<string> texts = new();
        foreach (YamlValue item in Items(key))
            texts.Add(AsText(item, $"each entry of {key}"));
        return texts;
    }

    /// <summary>Returns a mapping of lists of texts.</summary>
    internal List<(string Name, string Text)> TextsByName(string key)
    {
        List<(string, string)> all = new();
        if (Map(key) is not { } map)
            return all;
        foreach (string name in map.Value.Fields!.Keys)
        {
            foreach (string text in map.Texts(name))
                all.Add((name, text));
        }

        return all;
    }

    internal ClusterAccessException Fault(string what) => Fault(value, what);

    /// <summary>Returns the full path. A path in a kubeconfig is relative to its file.</summary>
    internal string Resolve(string path)
    {
        try
        {
            return Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        catch (ArgumentException)
        {
            throw Fault("a path contains a character that no path has");
        }
    }

    // As in kubectl, a number is not converted to text, because its original form is lost (007 is 7).
    private string AsText(YamlValue found, string what) => found switch
    {
        { Single: string text } => text,
        { Fields: not null } or { Items: not null } => throw Fault(found, $"{what} must be a single value"),
        { IsNull: true } => "",
        _ => throw Fault(found, $"{what} must be text, and is a number or true or false; put it in quotes"),
    };

    private List<YamlValue> Items(string key) => Find(key) switch
    {
        null => [],
        { Items: { } list } => list,
        YamlValue other => throw Fault(other, $"{key} must be a list"),
    };

    private YamlValue? Find(string key) => value.Fields!.TryGetValue(key, out YamlValue? found) && !found.IsNull ? found : null;

    private ClusterAccessException Fault(YamlValue at, string what) => new($"{file}, line {at.Line}: {what}. Correct it there.");
}
