using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>A mapping in a kubeconfig, which knows where it stands, so that a fault can name the file and the line.</summary>
internal sealed class YamlMap(YamlMappingNode node, string file)
{
    internal string File => file;

    internal YamlNode Node => node;

    internal bool Has(string key) => Find(key) is not null;

    /// <summary>A scalar; null when it is absent, null or empty, which kubectl does not tell apart either.</summary>
    internal string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: { Length: > 0 } value } => value,
        YamlScalarNode => null,
        YamlNode other => throw Fault(other, $"{key} must be a single value"),
    };

    internal bool Flag(string key)
    {
        YamlNode? found = Find(key);
        return (found as YamlScalarNode)?.Value?.ToUpperInvariant() switch
        {
            null when found is null => false,
            "TRUE" => true,
            "FALSE" => false,
            _ => throw Fault(found!, $"{key} must be true or false"),
        };
    }

    internal YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        YamlMappingNode map => new YamlMap(map, file),
        YamlNode other => throw Fault(other, $"{key} must be a mapping (key: value)"),
    };

    internal List<YamlMap> Maps(string key)
    {
        var maps = new List<YamlMap>();
        foreach (YamlNode item in Items(key))
            maps.Add(item is YamlMappingNode map ? new YamlMap(map, file) : throw Fault(item, $"each entry of {key} must be a mapping (key: value)"));
        return maps;
    }

    internal List<string> Texts(string key)
    {
        var texts = new List<string>();
        foreach (YamlNode item in Items(key))
            texts.Add(item is YamlScalarNode { Value: { } value } ? value : throw Fault(item, $"each entry of {key} must be a single value"));
        return texts;
    }

    internal ClusterAccessException Fault(string what) => Fault(node, what);

    /// <summary>A path in a kubeconfig is relative to the file it stands in.</summary>
    internal string Resolve(string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!);

    private IEnumerable<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        YamlNode other => throw Fault(other, $"{key} must be a list"),
    };

    private YamlNode? Find(string key)
    {
        foreach ((YamlNode name, YamlNode value) in node.Children)
        {
            if (name is YamlScalarNode scalar && scalar.Value == key)
                return IsNull(value) ? null : value;
        }
        return null;
    }

    private ClusterAccessException Fault(YamlNode at, string what) => new($"{file}, line {at.Start.Line}: {what}. Correct it there.");

    private static bool IsNull(YamlNode value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };
}
