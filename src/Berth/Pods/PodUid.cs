using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>A pod's UID or none: 16 bytes where it is a UUID as Kubernetes writes them, in small letters, else its text.</summary>
internal readonly struct PodUid : IEquatable<PodUid>
{
    private const int UuidLength = 36;

    private readonly Guid _value;
    private readonly string? _text;

    public PodUid(string? text)
    {
        Span<char> again = stackalloc char[UuidLength];
        if (text?.Length == UuidLength && Guid.TryParseExact(text, "D", out Guid value) && value != Guid.Empty
            && value.TryFormat(again, out _) && text.AsSpan().SequenceEqual(again))
            _value = value;
        else
            _text = text;
    }

    public bool Equals(PodUid other) => _value == other._value && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PodUid other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_value, _text);

    public override string? ToString() => _text ?? (_value == Guid.Empty ? null : _value.ToString());

    public static bool operator ==(PodUid left, PodUid right) => left.Equals(right);

    public static bool operator !=(PodUid left, PodUid right) => !left.Equals(right);
}
