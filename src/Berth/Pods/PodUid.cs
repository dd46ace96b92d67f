using System.Diagnostics.CodeAnalysis;

namespace Berth.Pods;

/// <summary>A pod's UID, or none: 16 bytes for a UUID in small letters, as Kubernetes writes it; the text for any other UID.</summary>
internal readonly struct PodUid : IEquatable<PodUid>
{
    private const int UuidLength = 36;

    public PodUid(string? text)
    {
        Span<char> again = stackalloc char[UuidLength];
        if (text?.Length == UuidLength && Guid.TryParseExact(text, "D", out Guid value) && value != Guid.Empty
            && value.TryFormat(again, out _) && text.AsSpan().SequenceEqual(again))
            Value = value;
        else
            Text = text;
    }

    public PodUid(Guid value, string? text)
    {
        Value = value;
        Text = text;
    }

    /// <summary>The UUID, or zero.</summary>
    public Guid Value { get; }

    /// <summary>The text of a UID that is no such UUID, or null.</summary>
    public string? Text { get; }

    /// <summary>True when the pod has a UID.</summary>
    public bool IsStated => Text is not null || Value != Guid.Empty;

    public bool Equals(PodUid other) => Value == other.Value && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PodUid other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Value, Text);

    public override string? ToString() => Text ?? (Value == Guid.Empty ? null : Value.ToString());

    public static bool operator ==(PodUid left, PodUid right) => left.Equals(right);

    public static bool operator !=(PodUid left, PodUid right) => !left.Equals(right);
}
