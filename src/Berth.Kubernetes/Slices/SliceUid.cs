using System.Buffers;
using Berth.Kubernetes.Resources;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads a pod's UID. Kubernetes writes UUIDs in small letters, which are 16 bytes; anything else is kept as text.</summary>
internal static class SliceUid
{
    private const int TextLength = 36;

    private static readonly SearchValues<byte> s_plain = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>An empty text is none.</summary>
    public static PodUid Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return default;
        return TryReadUuid(utf8, out Guid value) && value != Guid.Empty ? new PodUid(value, null) : new PodUid(default, Utf8Text.Read(utf8, "targetRef.uid"));
    }

    private static bool TryReadUuid(ReadOnlySpan<byte> utf8, out Guid value)
    {
        value = default;
        if (utf8.Length != TextLength || utf8[8] != '-' || utf8[13] != '-' || utf8[18] != '-' || utf8[23] != '-')
            return false;
        Span<byte> digits = stackalloc byte[32];
        utf8[..8].CopyTo(digits);
        utf8[9..13].CopyTo(digits[8..]);
        utf8[14..18].CopyTo(digits[12..]);
        utf8[19..23].CopyTo(digits[16..]);
        utf8[24..].CopyTo(digits[20..]);
        Span<byte> bytes = stackalloc byte[16];
        if (digits.ContainsAnyExcept(s_plain) || Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done)
            return false;
        value = new Guid(bytes, bigEndian: true);
        return true;
    }
}
