namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>One value of a YAML document, with the line it stands in: a mapping, a list or a single value.</summary>
internal sealed class YamlValue(long line)
{
    internal long Line => line;

    /// <summary>A single value: null, a bool, a long, a ulong, a double or a string; null for collections.</summary>
    internal object? Single { get; init; }

    /// <summary>The fields of a mapping in the order they were first met; null for anything else.</summary>
    internal Dictionary<string, YamlValue>? Fields { get; init; }

    /// <summary>The items of a list; null for anything else.</summary>
    internal List<YamlValue>? Items { get; init; }

    internal bool IsNull => Single is null && Fields is null && Items is null;
}
