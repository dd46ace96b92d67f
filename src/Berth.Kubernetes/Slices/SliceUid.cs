using System.Buffers;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads a pod's UID. Kubernetes writes UUIDs in small letters, which fit in 16 bytes. Any other UID is kept as text.</summary>
internal static class SliceUid
{
    private const int TextLength = 36;

    // The runtime also accepts capitals, signs and spaces around a UUID, which would be lost when it is written.
    private static readonly SearchValues<byte> s_written = SearchValues.Create("0123456789abcdef-"u8);

    /// <summary>An empty text counts as no UID.</summary>
    public static PodUid Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return default;
        return utf8.Length == TextLength && !utf8.ContainsAnyExcept(s_written)
            && Guid.TryParse(utf8, provider: null, out Guid value) && value != Guid.Empty
            ? new PodUid(value, null)
            : new PodUid(default, Utf8Text.Read(utf8, "targetRef.uid"));
    }
}
