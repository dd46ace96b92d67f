using System.Diagnostics.CodeAnalysis;
using Berth.Kubernetes.Addresses;

namespace Berth.Kubernetes;

/// <summary>
/// A source of the external addresses and host names of nodes: <c>external-ip</c>, <c>external-dns</c>, <c>label=KEY</c>,
/// <c>annotation=KEY</c> or <c>map=FILE</c>. Immutable.
/// </summary>
/// <remarks>
/// A label or annotation has addresses, a host name, or both, with commas or spaces between; a label cannot have an IPv6 address. A map
/// file has a line <c>10.0.0.0/16 -> 203.0.113.0/24</c>, <c>10.0.0.5 -> 203.0.113.5</c> or <c>node-1 -> 203.0.113.7 edge.example.com</c>
/// for each network, address or node. It is read again when it changes, and needs no permission to read nodes.
/// </remarks>
public sealed class ExternalAddressSource : IEquatable<ExternalAddressSource>
{
    // A prefix of 253 characters, a slash, and a name of 63 (Kubernetes, "Labels and Selectors").
    private const int MaxKeyLength = 317;

    private ExternalAddressSource(ExternalAddressKind kind, string argument = "")
    {
        Kind = kind;
        Argument = argument;
    }

    /// <summary>The node's addresses of type ExternalIP.</summary>
    public static ExternalAddressSource ExternalIP { get; } = new(ExternalAddressKind.ExternalIP);

    /// <summary>The node's address of type ExternalDNS: a host name, and no address.</summary>
    public static ExternalAddressSource ExternalDns { get; } = new(ExternalAddressKind.ExternalDns);

    internal ExternalAddressKind Kind { get; }

    /// <summary>The key of a label or annotation, the path of a file, or empty.</summary>
    internal string Argument { get; }

    /// <summary>True when the source needs to read nodes.</summary>
    internal bool NeedsNodes => Kind != ExternalAddressKind.Map;

    /// <summary>True when it is a key in the metadata of a node.</summary>
    internal bool IsMark => Kind is ExternalAddressKind.Label or ExternalAddressKind.Annotation;

    /// <summary>A label of the node.</summary>
    /// <param name="key">Its key, such as <c>example.com/public-address</c>.</param>
    /// <exception cref="ArgumentException">The key is not valid.</exception>
    public static ExternalAddressSource Label(string key) => Parse($"label={key}");

    /// <summary>An annotation of the node.</summary>
    /// <param name="key">Its key, such as <c>example.com/public-address</c>.</param>
    /// <exception cref="ArgumentException">The key is not valid.</exception>
    public static ExternalAddressSource Annotation(string key) => Parse($"annotation={key}");

    /// <summary>A map file.</summary>
    /// <param name="path">The path, not empty.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static ExternalAddressSource MapFile(string path) => Parse($"map={path}");

    /// <summary>Reads a source as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">The text, such as <c>annotation=example.com/public-address</c>.</param>
    /// <exception cref="ArgumentException">The text is no source; the message says why.</exception>
    public static ExternalAddressSource Parse(string text) =>
        TryParse(text, out ExternalAddressSource? source, out string? fault) ? source : throw new ArgumentException(fault, nameof(text));

    /// <summary>Reads a source as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">The text, such as <c>annotation=example.com/public-address</c>.</param>
    /// <param name="source">The source, or null.</param>
    /// <param name="fault">The fault as a sentence, or null.</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out ExternalAddressSource? source, [NotNullWhen(false)] out string? fault)
    {
        string[] parts = (text ?? "").Split('=', 2);
        string argument = parts.Length == 2 ? parts[1] : "";
        (source, fault) = parts switch
        {
            ["external-ip"] => (ExternalIP, null),
            ["external-dns"] => (ExternalDns, null),
            ["label", _] => OfKey(ExternalAddressKind.Label, argument),
            ["annotation", _] => OfKey(ExternalAddressKind.Annotation, argument),
            ["map", { Length: > 0 }] => (new ExternalAddressSource(ExternalAddressKind.Map, argument), null),
            _ => ((ExternalAddressSource?)null, $"'{text}' is no source of external addresses. Give external-ip, external-dns, label=KEY, "
                + "annotation=KEY or map=FILE."),
        };
        return source is not null;
    }

    /// <inheritdoc/>
    public bool Equals(ExternalAddressSource? other) =>
        other is not null && Kind == other.Kind && string.Equals(Argument, other.Argument, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExternalAddressSource);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Argument);

    /// <summary>The source as options name it, such as <c>external-ip</c> or <c>label=example.com/public-address</c>.</summary>
    public override string ToString() => Kind switch
    {
        ExternalAddressKind.ExternalIP => "external-ip",
        ExternalAddressKind.ExternalDns => "external-dns",
        ExternalAddressKind.Label => $"label={Argument}",
        ExternalAddressKind.Annotation => $"annotation={Argument}",
        _ => $"map={Argument}",
    };

    private static (ExternalAddressSource? Source, string? Fault) OfKey(ExternalAddressKind kind, string key)
    {
        string[] parts = key.Split('/');
        bool isKey = key.Length <= MaxKeyLength && parts.Length <= 2 && Array.TrueForAll(parts, static part => part.Length > 0)
            && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/');
        return isKey
            ? (new ExternalAddressSource(kind, key), null)
            : (null, $"'{key}' is no key of a label or an annotation. Write it as in example.com/public-address.");
    }
}
