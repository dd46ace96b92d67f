namespace Berth.Kubernetes.Wire;

/// <summary>The pools of repeated texts, one for each kind of text. Not safe for several threads.</summary>
internal sealed class TextPools
{
    /// <summary>metadata.namespace</summary>
    public TextPool Namespaces { get; } = new();

    /// <summary>The label kubernetes.io/service-name.</summary>
    public TextPool Services { get; } = new();

    /// <summary>Names and protocols of ports.</summary>
    public TextPool Words { get; } = new();
}
