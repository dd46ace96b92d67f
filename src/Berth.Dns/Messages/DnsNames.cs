using System.Globalization;
using System.Text;

namespace Berth.Dns.Messages;

/// <summary>
/// Reads names of messages (RFC 1035, 3.1 and 4.1.4) as text, in lower case and without the final dot. The root is the empty text.
/// </summary>
internal static class DnsNames
{
    public const int MaxWireLength = 255;

    private const int MaxLabelLength = 63;

    // A name of 255 octets has at most 127 labels, so more jumps only waste time.
    private const int MaxJumps = 127;

    /// <summary>
    /// Returns true when a question can contain this name: labels of 1 to 63 octets, 255 octets in total, no character that needs an
    /// escape.
    /// </summary>
    public static bool IsAskable(string name) =>
        name.Length is > 0 and <= MaxWireLength - 2 && Ascii.IsValid(name) && !name.Contains('\\', StringComparison.Ordinal)
        && name.Split('.').All(static l => l.Length is > 0 and <= MaxLabelLength);

    /// <summary>
    /// Returns true for a label that Kubernetes allows as a pod's name (RFC 1123): lower-case letters, digits and '-', without a '-' at
    /// either end.
    /// </summary>
    public static bool IsHostLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-'
        && label.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Reads the name at a position, and moves the position to its end.</summary>
    /// <exception cref="DnsFormatException">The name is cut off, too long, or its compression does not point backwards.</exception>
    public static string Read(ReadOnlySpan<byte> message, ref int position)
    {
        StringBuilder text = new();
        int at = position;
        // A pointer must lead to a position before all parts of this name. A name that only goes back cannot form a cycle.
        int floor = at;
        int wireLength = 1;
        int jumps = 0;
        while (true)
        {
            byte length = At(message, at);
            if ((length & 0xC0) == 0xC0)
            {
                int target = ((length & 0x3F) << 8) | At(message, at + 1);
                if (jumps == 0)
                    position = at + 2;
                if (target >= floor)
                    throw new DnsFormatException($"a compressed name at octet {at} points to octet {target}, which is not before it");
                if (++jumps > MaxJumps)
                    throw new DnsFormatException($"a name is compressed more than {MaxJumps} times");
                at = floor = target;
                continue;
            }

            if (length > MaxLabelLength)
                throw new DnsFormatException($"octet {at} is not a label: 0x{length:x2}");
            at++;
            if (length == 0)
            {
                if (jumps == 0)
                    position = at;
                return text.ToString();
            }

            wireLength += length + 1;
            if (wireLength > MaxWireLength || at + length > message.Length)
                throw new DnsFormatException(
                    wireLength > MaxWireLength ? $"a name is longer than {MaxWireLength} octets" : "a name is cut off");
            AppendLabel(text, message.Slice(at, length));
            at += length;
        }
    }

    private static byte At(ReadOnlySpan<byte> message, int at) =>
        at < message.Length ? message[at] : throw new DnsFormatException("a name is cut off");

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
            text.Append('.');
        foreach (byte octet in label)
        {
            // Escaped as in zone files, so that a dot or an unusual octet inside a label is not mistaken for something else.
            if (octet is <= 0x20 or >= 0x7F or (byte)'.' or (byte)'\\')
                text.Append(CultureInfo.InvariantCulture, $"\\{octet:000}");
            else
                text.Append(char.ToLowerInvariant((char)octet));
        }
    }
}
