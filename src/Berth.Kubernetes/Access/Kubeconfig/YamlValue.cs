namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>One value of a YAML document, with its line: a mapping, a list or a single value.</summary>
internal sealed class YamlValue(long line)
{
    internal long Line => line;

    /// <summary>A single value: null, a bool, a long, a ulong, a double or a string; null for collections.</summary>
    internal object? Single { get; init; }

    /// <summary>The fields of a mapping in the order of their first appearance; null for anything else.</summary>
    internal Dictionary<string, YamlValue>? Fields { get; init; }

    /// <summary>The items of a list; null for anything else.</summary>
    internal List<YamlValue>? Items { get; init; }

    internal bool IsNull => Single is null && Fields is null && Items is null;
}
