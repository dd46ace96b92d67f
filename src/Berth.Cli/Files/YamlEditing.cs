using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Files;

/// <summary>Reads and changes values in a manifest. A missing value reads as empty.</summary>
internal static class YamlEditing
{
    public static YamlMappingNode Map(this YamlMappingNode node, string key) => Find(node, key) as YamlMappingNode ?? [];

    public static IEnumerable<YamlMappingNode> Maps(this YamlMappingNode node, string key) =>
        Find(node, key) is YamlSequenceNode list ? list.OfType<YamlMappingNode>() : [];

    public static IEnumerable<string> Texts(this YamlMappingNode node, string key) =>
        Find(node, key) is YamlSequenceNode list ? list.OfType<YamlScalarNode>().Select(static item => item.Value ?? "") : [];

    public static string Text(this YamlMappingNode node, string key) => (Find(node, key) as YamlScalarNode)?.Value ?? "";

    public static void Set(this YamlMappingNode node, string key, int value) => node.Set(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets a plain value. YAML reads it as a number or a boolean if it looks like one.</summary>
    public static void Set(this YamlMappingNode node, string key, string value) =>
        node.Children[new YamlScalarNode(key)] = new YamlScalarNode(value);

    /// <summary>Sets an environment variable of a container.</summary>
    public static void SetVariable(this YamlMappingNode container, string name, string value) =>
        // Quoted, because a variable is a text even if it contains only digits.
        Variable(container, name).Children[new YamlScalarNode("value")] = new YamlScalarNode(value) { Style = ScalarStyle.DoubleQuoted };

    /// <summary>Sets an environment variable of a container from a field of its pod.</summary>
    public static void SetFieldVariable(this YamlMappingNode container, string name, string field) =>
        Variable(container, name).Children[new YamlScalarNode("valueFrom")] =
            new YamlMappingNode { { "fieldRef", new YamlMappingNode { { "fieldPath", field } } } };

    /// <summary>Sets the value after an argument of a container, if the container has that argument.</summary>
    public static void SetArgument(this YamlMappingNode container, string argument, string value)
    {
        foreach (string key in (string[])["command", "args"])
        {
            if (Find(container, key) is not YamlSequenceNode words)
                continue;
            for (int i = 0; i + 1 < words.Children.Count; i++)
            {
                if (words.Children[i] is YamlScalarNode { Value: { } word } && word == argument)
                    words.Children[i + 1] = new YamlScalarNode(value) { Style = ScalarStyle.DoubleQuoted };
            }
        }
    }

    private static YamlMappingNode Variable(YamlMappingNode container, string name)
    {
        if (Find(container, "env") is not YamlSequenceNode variables)
            container.Children[new YamlScalarNode("env")] = variables = [];
        YamlMappingNode? variable = variables.OfType<YamlMappingNode>().FirstOrDefault(entry => entry.Text("name") == name);
        if (variable is null)
            variables.Add(variable = new YamlMappingNode { { "name", name } });
        return variable;
    }

    private static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;
}
