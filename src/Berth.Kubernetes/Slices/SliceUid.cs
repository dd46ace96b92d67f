using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Berth.Kubernetes.Resources;

namespace Berth.Kubernetes.Slices;

/// <summary>A pod's UID as a slice states it, or none. Kubernetes writes UUIDs in small letters, which take 16 bytes; anything else is kept as text.</summary>
internal readonly struct SliceUid : IEquatable<SliceUid>
{
    private readonly Guid _value;
    private readonly string? _text;

    private SliceUid(Guid value, string? text)
    {
        _value = value;
        _text = text;
    }

    /// <summary>True when the slice states one.</summary>
    public bool IsStated => _text is not null || _value != Guid.Empty;

    /// <summary>From a property name, reads one; null and an empty string are none.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, string field, out SliceUid uid)
    {
        uid = default;
        if (!JsonFields.TryReadString(ref reader, field, out bool present))
            return false;
        if (!present || reader.ValueSpan.IsEmpty)
            return true;
        bool plain = !reader.ValueIsEscaped && !reader.ValueSpan.ContainsAnyInRange((byte)'A', (byte)'F');
        uid = plain && reader.TryGetGuid(out Guid value) && value != Guid.Empty ? new SliceUid(value, null) : new SliceUid(default, JsonFields.Text(ref reader, field));
        return true;
    }

    public bool Equals(SliceUid other) => _value == other._value && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is SliceUid other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_value, _text);

    /// <summary>As stated; null where there is none.</summary>
    public override string? ToString() => _text ?? (_value == Guid.Empty ? null : _value.ToString());

    public static bool operator ==(SliceUid left, SliceUid right) => left.Equals(right);

    public static bool operator !=(SliceUid left, SliceUid right) => !left.Equals(right);
}
