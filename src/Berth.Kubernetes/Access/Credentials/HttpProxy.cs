using System.Globalization;
using System.Net;
using System.Text;

namespace Berth.Kubernetes.Access.Credentials;

/// <summary>The HTTP proxy to an API server. Berth asks it for a tunnel (CONNECT), so it sees neither requests nor credentials.</summary>
internal sealed class HttpProxy
{
    private HttpProxy(Uri address, string origin)
    {
        Address = address;
        Origin = origin;
    }

    internal Uri Address { get; }

    /// <summary>The origin of its configuration, for messages: <c>HTTPS_PROXY</c>.</summary>
    internal string Origin { get; }

    /// <summary>The value of <c>Proxy-Authorization</c>; null without a user.</summary>
    internal string? Authorization =>
        Address.UserInfo.Length == 0
            ? null
            : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Address.UserInfo)));

    /// <summary>Parses a proxy's address. Without a scheme it is http://, as for curl and kubectl.</summary>
    /// <exception cref="ClusterAccessException">It is not an address, or it names another kind of proxy.</exception>
    internal static HttpProxy Parse(string text, string origin)
    {
        string address = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
            throw new ClusterAccessException($"{origin} is not the address of a proxy. Write it as http://HOST:PORT.");
        return uri.Scheme == Uri.UriSchemeHttp
            ? new HttpProxy(uri, origin)
            : throw new ClusterAccessException($"{origin} names a {uri.Scheme}:// proxy, and Berth supports only http:// ones. "
                + "Name one of those, or, to connect without a proxy, add the server to NO_PROXY.");
    }

    /// <summary>
    /// Finds the proxy for a server in the environment, by the rules of kubectl (golang.org/x/net/http/httpproxy); null for none.
    /// </summary>
    /// <exception cref="ClusterAccessException">The proxy in the environment has a fault.</exception>
    internal static HttpProxy? FromEnvironment(Uri server, Func<string, string?> environment)
    {
        string name = server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";
        string? value = First(environment, name);
        return value is null || server.IsLoopback || IsExcepted(server, First(environment, "NO_PROXY") ?? "") ? null : Parse(value, name);
    }

    /// <summary>Returns the address without the password.</summary>
    public override string ToString() => $"{Address.Scheme}://{Address.Authority}";

    private static string? First(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } upper ? upper : environment(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;

    private static bool IsExcepted(Uri server, string exceptions)
    {
        string host = server.IdnHost.TrimEnd('.').ToLowerInvariant();
        IPAddress? address = IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null;
        foreach (string entry in exceptions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry == "*" || Matches(entry.ToLowerInvariant(), host, server.Port, address))
                return true;
        }

        return false;
    }

    private static bool Matches(string entry, string host, int port, IPAddress? address)
    {
        if (IPNetwork.TryParse(entry, out IPNetwork network))
            return address is not null && network.Contains(address);
        (string name, int? only) = Split(entry);
        if (only is not null && only != port)
            return false;
        if (IPAddress.TryParse(name, out IPAddress? one))
            return one.Equals(address);
        string suffix = name.StartsWith("*.", StringComparison.Ordinal) ? name[1..] : name;
        return address is null && (suffix.StartsWith('.') ? host.EndsWith(suffix, StringComparison.Ordinal)
            : host == suffix || host.EndsWith("." + suffix, StringComparison.Ordinal));
    }

    private static (string Name, int? Port) Split(string entry)
    {
        int colon = entry.LastIndexOf(':');
        bool bracketed = entry.StartsWith('[');
        return colon > 0 && (bracketed ? entry[colon - 1] == ']' : entry.IndexOf(':', StringComparison.Ordinal) == colon)
            && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                ? (entry[..colon].Trim('[', ']'), port)
                : (entry.Trim('[', ']'), null);
    }
}
