namespace Berth.Kubernetes.Wire;

/// <summary>The texts that repeat from object to object, each kind in a pool of its own. Not safe for several threads.</summary>
internal sealed class TextPools
{
    /// <summary>metadata.namespace</summary>
    public TextPool Namespaces { get; } = new();

    /// <summary>The label kubernetes.io/service-name.</summary>
    public TextPool Services { get; } = new();

    /// <summary>Names and protocols of ports.</summary>
    public TextPool Words { get; } = new();
}
