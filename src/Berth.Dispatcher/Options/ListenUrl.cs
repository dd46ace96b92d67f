using System.Globalization;
using System.Net;

namespace Berth.Dispatcher.Options;

/// <summary>An address to listen on. It is checked before Kestrel does, because Kestrel's messages name no remedy.</summary>
/// <param name="IsTls">True for <c>https</c>.</param>
/// <param name="Address">The address of this machine, or null for localhost or all.</param>
/// <param name="IsLocalhost">True for <c>localhost</c>, which is two addresses.</param>
/// <param name="Port">The port, 0 for any free one.</param>
internal sealed record ListenUrl(bool IsTls, IPAddress? Address, bool IsLocalhost, int Port)
{
    private const string Scheme = "http://";
    private const string TlsScheme = "https://";

    /// <summary>True when an address asks for TLS.</summary>
    public static bool AsksForTls(string? url) => url is not null && url.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an address that has no fault.</summary>
    public static ListenUrl Parse(string url)
    {
        (string host, string port) = Split(url)!.Value;
        return new ListenUrl(
            AsksForTls(url), IPAddress.TryParse(host, out IPAddress? address) ? address : null, host == "localhost",
            int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>Returns the fault of the address as a sentence, or null.</summary>
    public static string? FaultOf(string? url)
    {
        if (url is null || !(AsksForTls(url) || url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)))
            return $"The address '{url}' does not start with {Scheme} or {TlsScheme}. Write it as in http://0.0.0.0:8000.";
        if (Split(url) is not { } parts)
            return $"The address '{url}' has no port. Write it as in http://0.0.0.0:8000.";
        (string host, string port) = parts;
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > IPEndPoint.MaxPort)
            return $"The address '{url}' has the port '{port}'. Give 0 (any free port) to 65535.";
        if (host is "*" or "+")
            return null;
        if (host == "localhost")
            return number == 0
                ? $"The address '{url}' asks for any free port on localhost, which is two addresses. Use 127.0.0.1 or [::1]."
                : null;
        return IPAddress.TryParse(host, out IPAddress? address)
            && (host[0] == '[' || address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            ? null
            : $"The address '{url}' has the host '{host}'. Give an IP address of this machine (IPv6 in brackets), localhost, or * for all.";
    }

    private static (string Host, string Port)? Split(string url)
    {
        string authority = url[(AsksForTls(url) ? TlsScheme : Scheme).Length..].TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        // An IPv6 address contains colons; only one after its bracket starts a port.
        return colon <= authority.LastIndexOf(']') || colon < 0 ? null : (authority[..colon], authority[(colon + 1)..]);
    }
}
