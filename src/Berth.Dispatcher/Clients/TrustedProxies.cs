using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Clients;

/// <summary>The proxies whose word about a client's address is believed.</summary>
internal sealed class TrustedProxies(IReadOnlyList<IPNetwork> networks)
{
    // A request passes through a few proxies. More entries are an attempt to slow the server down.
    private const int MaxHops = 32;

    /// <summary>True when the address is one of these proxies.</summary>
    public bool Contain(IPAddress address)
    {
        IPAddress plain = ClientKey.Plain(address);
        foreach (IPNetwork network in networks)
        {
            if (network.Contains(plain))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Finds the client behind proxies: of the addresses in <c>X-Forwarded-For</c>, read from the end, the first that is not a proxy's.
    /// A client may have invented the entries before it. An entry that is no address ends the search at the proxy that sent it.
    /// </summary>
    /// <param name="peer">The address that the connection comes from.</param>
    /// <param name="forwarded">The values of the header.</param>
    public IPAddress FindClient(IPAddress peer, StringValues forwarded)
    {
        IPAddress client = peer;
        int hops = 0;
        for (int line = forwarded.Count - 1; line >= 0; line--)
        {
            ReadOnlySpan<char> rest = forwarded[line];
            do
            {
                if (++hops > MaxHops || !Contain(client))
                    return client;
                int comma = rest.LastIndexOf(',');
                if (Parse(rest[(comma + 1)..].Trim()) is not { } address)
                    return client;
                client = address;
                rest = comma < 0 ? default : rest[..comma];
            }
            while (!rest.IsEmpty);
        }

        return client;
    }

    /// <summary>Reads an address, with or without a port.</summary>
    private static IPAddress? Parse(ReadOnlySpan<char> text)
    {
        // .NET would also accept "1" and "0x7f.1" as addresses.
        if (text.Count('.') != 3 && text.Count(':') < 2)
            return null;
        if (text.Count(':') == 1)
        {
            int colon = text.IndexOf(':');
            bool isPort = ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _);
            return isPort ? Parse(text[..colon]) : null;
        }

        if (text[0] == '[' && text.IndexOf(']') is > 0 and int end)
            text = text[1..end];
        return IPAddress.TryParse(text, out IPAddress? address) ? ClientKey.Plain(address) : null;
    }
}
