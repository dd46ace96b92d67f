using System.Globalization;
using System.Net;

namespace Berth.Dispatcher.Options;

/// <summary>Checks an address to listen on before Kestrel does, because Kestrel's messages name no remedy.</summary>
internal static class ListenUrl
{
    private const string Scheme = "http://";

    /// <summary>Returns the fault of the address as a sentence, or null.</summary>
    public static string? FaultOf(string? url)
    {
        if (url is null || !url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return url is not null && url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                ? $"The address '{url}' asks for TLS, which this server does not speak. " +
                    "Use http://, and put TLS in front of it where it is needed."
                : $"The address '{url}' does not start with {Scheme}. Write it as in http://0.0.0.0:8000.";
        }

        string authority = url[Scheme.Length..].TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        // An IPv6 address contains colons; only one after its bracket starts a port.
        if (colon <= authority.LastIndexOf(']') || colon < 0)
            return $"The address '{url}' has no port. Write it as in http://0.0.0.0:8000.";
        string host = authority[..colon];
        string port = authority[(colon + 1)..];
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
}
