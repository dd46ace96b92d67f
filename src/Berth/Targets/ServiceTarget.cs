using System.Diagnostics.CodeAnalysis;
using Berth.Targets;

namespace Berth;

/// <summary>A Kubernetes Service to follow: a namespace and a name, written <c>namespace/service</c>.</summary>
/// <remarks>
/// Both parts are RFC 1123 labels (lower-case letters, digits and '-', at most 63 characters). A name that Kubernetes refuses is refused
/// here. The default value has no name and equals only itself.
/// </remarks>
public readonly struct ServiceTarget : IEquatable<ServiceTarget>, ISpanParsable<ServiceTarget>
{
    /// <summary>Creates the target of a Service.</summary>
    /// <param name="namespace">The namespace, such as <c>k8s-example2</c>.</param>
    /// <param name="service">The Service's name, such as <c>service-b</c>.</param>
    /// <exception cref="ArgumentException">A part is not an RFC 1123 label; the message says which and why.</exception>
    public ServiceTarget(string @namespace, string service)
    {
        ArgumentNullException.ThrowIfNull(@namespace);
        ArgumentNullException.ThrowIfNull(service);
        if (FaultOf(@namespace, service) is { } fault)
            throw new ArgumentException(fault);
        Namespace = @namespace;
        Service = service;
    }

    /// <summary>The namespace; never null except in the default value.</summary>
    public string Namespace { get; }

    /// <summary>The Service's name; never null except in the default value.</summary>
    public string Service { get; }

    /// <summary>Parses <c>namespace/service</c>.</summary>
    /// <exception cref="FormatException">The text is not of that form; the message says why.</exception>
    public static ServiceTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out ServiceTarget target, out string? fault) ? target : throw new FormatException(fault);
    }

    /// <summary>Parses <c>namespace/service</c>. The provider has no effect: names of Kubernetes are the same in every culture.</summary>
    /// <exception cref="FormatException">The text is not of that form; the message says why.</exception>
    public static ServiceTarget Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static ServiceTarget Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Parses <c>namespace/service</c>; on failure <paramref name="fault"/> is a sentence that says why.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ServiceTarget target, [NotNullWhen(false)] out string? fault)
    {
        target = default;
        string[] parts = (text ?? "").Split('/', 3);
        if (parts.Length != 2)
        {
            fault = $"The target '{Shorten(text)}' is not of the form NAMESPACE/SERVICE. Write it as in k8s-example2/service-b.";
            return false;
        }

        fault = FaultOf(parts[0], parts[1]);
        if (fault is not null)
            return false;
        target = new ServiceTarget(parts[0], parts[1]);
        return true;
    }

    /// <summary>Parses <c>namespace/service</c>. The provider has no effect.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ServiceTarget result) =>
        TryParse(s, out result, out _);

    /// <inheritdoc cref="TryParse(string, IFormatProvider?, out ServiceTarget)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ServiceTarget result) =>
        TryParse(s.ToString(), out result, out _);

    /// <inheritdoc/>
    public bool Equals(ServiceTarget other) =>
        string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
            && string.Equals(Service, other.Service, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ServiceTarget other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Namespace, Service);

    /// <summary>The target as <c>namespace/service</c>.</summary>
    public override string ToString() => $"{Namespace}/{Service}";

    /// <summary>Equality of both parts.</summary>
    public static bool operator ==(ServiceTarget left, ServiceTarget right) => left.Equals(right);

    /// <summary>Inequality of a part.</summary>
    public static bool operator !=(ServiceTarget left, ServiceTarget right) => !left.Equals(right);

    private static string? FaultOf(string @namespace, string service)
    {
        if (Dns1123.FaultOfLabel(@namespace) is { } namespaceFault)
            return $"The namespace '{Shorten(@namespace)}' {namespaceFault}. Kubernetes would refuse it; check the name.";
        return Dns1123.FaultOfLabel(service) is { } serviceFault
            ? $"The service name '{Shorten(service)}' {serviceFault}. Kubernetes would refuse it; check the name."
            : null;
    }

    /// <summary>Shortens a long invalid text for a message.</summary>
    private static string Shorten(string? text) => text is null ? "" : text.Length <= 80 ? text : text[..80] + "...";
}
