using System.Buffers;
using System.Runtime.InteropServices;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads a pod's UID. Kubernetes writes UUIDs in small letters, which are 16 bytes; anything else is kept as text.</summary>
internal static class SliceUid
{
    private const int TextLength = 36;

    /// <summary>An empty text is none.</summary>
    public static PodUid Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return default;
        return TryReadUuid(utf8, out Guid value) && value != Guid.Empty
            ? new PodUid(value, null)
            : new PodUid(default, Utf8Text.Read(utf8, "targetRef.uid"));
    }

    private static bool TryReadUuid(ReadOnlySpan<byte> utf8, out Guid value)
    {
        value = default;
        if (utf8.Length != TextLength || utf8[8] != '-' || utf8[13] != '-' || utf8[18] != '-' || utf8[23] != '-')
            return false;
        Span<byte> digits = stackalloc byte[32];
        Copy<ulong>(utf8, 0, digits, 0);
        Copy<uint>(utf8, 9, digits, 8);
        Copy<uint>(utf8, 14, digits, 12);
        Copy<uint>(utf8, 19, digits, 16);
        Copy<ulong>(utf8, 24, digits, 20);
        Copy<uint>(utf8, 32, digits, 28);
        Span<byte> bytes = stackalloc byte[16];
        if (HasCapitals(digits) || Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done)
            return false;
        value = new Guid(bytes, bigEndian: true);
        return true;
    }

    private static void Copy<T>(ReadOnlySpan<byte> from, int at, Span<byte> to, int place)
        where T : struct => MemoryMarshal.Write(to[place..], MemoryMarshal.Read<T>(from[at..]));

    /// <summary>Of hexadecimal digits: a small letter has both bits, a decimal digit has not the higher one.</summary>
    private static bool HasCapitals(ReadOnlySpan<byte> digits)
    {
        ulong found = 0;
        foreach (ulong eight in MemoryMarshal.Cast<byte, ulong>(digits))
            found |= eight & ~(eight << 1) & 0x4040404040404040;
        return found != 0;
    }
}
