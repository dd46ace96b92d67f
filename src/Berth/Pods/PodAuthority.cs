using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Berth.Pods;

/// <summary>Address and port as UTF-8.</summary>
internal static class PodAuthority
{
    /// <summary>Longer than any address with a zone, brackets and a port.</summary>
    public const int MaxLength = 96;

    /// <summary>The bytes of <c>10.88.0.10:3002</c> or <c>[fd00::1]:3002</c>.</summary>
    public static byte[] Format(IPAddress address, int port)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return text[..Format(address, port, text)].ToArray();
    }

    /// <summary>Writes the same bytes, and returns their number.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="text">At least <see cref="MaxLength"/> bytes.</param>
    public static int Format(IPAddress address, int port, Span<byte> text)
    {
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
        return at + written;
    }

    /// <summary>Writes address and port as a member of an object. No text is kept, because a list may have 100,000 endpoints.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> member, PodEndpoint endpoint)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        json.WriteString(member, text[..Format(endpoint.Address, endpoint.Port, text)]);
    }

    /// <summary>Writes an address as a value, without the string that an <see cref="IPAddress"/> creates once and keeps.</summary>
    public static void Write(Utf8JsonWriter json, IPAddress address)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        address.TryFormat(text, out int written);
        json.WriteStringValue(text[..written]);
    }
}
