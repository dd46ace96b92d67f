using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Pods;

/// <summary>
/// Address and port as text, in the form that was asked for: a string, bytes, or both. One field holds them, since most endpoints are asked
/// for one form only.
/// </summary>
internal static class PodAuthority
{
    /// <summary>Longer than any address with a zone, brackets and a port.</summary>
    private const int MaxLength = 96;

    public static string Text(ref object? kept, PodEndpoint endpoint)
    {
        object? before = kept;
        if ((before as string ?? (before as Both)?.Text) is { } known)
            return known;
        string made = before is byte[] bytes ? Encoding.UTF8.GetString(bytes) : new IPEndPoint(endpoint.Address, endpoint.Port).ToString();
        kept = before is byte[] utf8 ? new Both(made, utf8) : made;
        return made;
    }

    public static byte[] Utf8(ref object? kept, PodEndpoint endpoint)
    {
        object? before = kept;
        if ((before as byte[] ?? (before as Both)?.Utf8) is { } known)
            return known;
        byte[] made;
        if (before is string text)
        {
            made = Encoding.UTF8.GetBytes(text);
            kept = new Both(text, made);
            return made;
        }

        Span<byte> buffer = stackalloc byte[MaxLength];
        made = buffer[..Format(endpoint, buffer)].ToArray();
        kept = made;
        return made;
    }

    /// <summary>Writes it without keeping anything.</summary>
    public static int Format(PodEndpoint endpoint, Span<byte> into)
    {
        IPAddress address = endpoint.Address;
        bool six = address.AddressFamily == AddressFamily.InterNetworkV6;
        int at = 0;
        if (six)
            into[at++] = (byte)'[';
        address.TryFormat(into[at..], out int written);
        at += written;
        if (six)
            into[at++] = (byte)']';
        into[at++] = (byte)':';
        endpoint.Port.TryFormat(into[at..], out written, default, CultureInfo.InvariantCulture);
        return at + written;
    }

    private sealed record Both(string Text, byte[] Utf8);
}
