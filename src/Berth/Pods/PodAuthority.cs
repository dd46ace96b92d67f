using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Pods;

/// <summary>Address and port as UTF-8.</summary>
internal static class PodAuthority
{
    /// <summary>Longer than any address with a zone, brackets and a port.</summary>
    private const int MaxLength = 96;

    /// <summary>The bytes of <c>10.88.0.10:3002</c> or <c>[fd00::1]:3002</c>.</summary>
    public static byte[] Format(IPAddress address, int port)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        bool six = address.AddressFamily == AddressFamily.InterNetworkV6;
        int at = 0;
        if (six)
            text[at++] = (byte)'[';
        address.TryFormat(text[at..], out int written);
        at += written;
        if (six)
            text[at++] = (byte)']';
        text[at++] = (byte)':';
        port.TryFormat(text[at..], out written, default, CultureInfo.InvariantCulture);
        return text[..(at + written)].ToArray();
    }
}
