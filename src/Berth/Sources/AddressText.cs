using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Berth.Sources;

/// <summary>Reads an address, or an address and a port, that is written in full.</summary>
internal static class AddressText
{
    /// <summary>Reads the text. .NET reads <c>10.77</c> as 10.0.0.77, and <c>7</c> as 0.0.0.7. This method refuses both.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address.</param>
    /// <param name="port">The port, 1 to 65535, or null when there is none.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address, out int? port)
    {
        port = null;
        if (IPAddress.TryParse(text, out address))
            return IsWhole(address, text);
        if (text is null || !IPEndPoint.TryParse(text, out IPEndPoint? both) || both.Port == 0)
            return false;
        (address, port) = (both.Address, both.Port);
        return IsWhole(address, text[..text.LastIndexOf(':')]);
    }

    private static bool IsWhole(IPAddress address, string text) =>
        address.AddressFamily != AddressFamily.InterNetwork || address.ToString() == text;
}
