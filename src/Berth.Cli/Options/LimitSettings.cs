using System.Net;
using Berth.Dispatcher;

namespace Berth.Cli.Options;

/// <summary>The options that limit what clients may ask of service A.</summary>
internal static class LimitSettings
{
    private const int MaxLimit = 1_000_000;

    public static Setting<int> MaxConnections { get; } = new(
        "max-connections", "N", "The connections that may be open at once to --urls. Default: no limit.",
        CommonParsers.Between(1, MaxLimit, "number of connections"), 0);

    public static Setting<int> Requests { get; } = new(
        "client-requests", "N", "The requests a second of one client address; more get a 429. Default: no limit.",
        CommonParsers.Between(1, MaxLimit, "number of requests a second"), 0);

    public static Setting<int> Burst { get; } = new(
        "client-burst", "N", "The requests that one client address may send at once. Default: twice --client-requests.",
        CommonParsers.Between(1, MaxLimit, "burst of requests"), 0);

    public static Setting<int> Connections { get; } = new(
        "client-connections", "N", "The connections of one client address. Default: no limit.",
        CommonParsers.Between(1, MaxLimit, "number of connections of a client"), 0);

    public static Setting<int> Watchers { get; } = new(
        "client-watchers", "N", "The watches of one client address; more get a 429. Default: no limit.",
        CommonParsers.Between(1, MaxLimit, "number of watches of a client"), 0);

    public static Setting<int> IPv6Prefix { get; } = new(
        "client-ipv6-prefix", "BITS", "The bits of an IPv6 address that name a client. Default 64.",
        CommonParsers.Between(32, 128, "IPv6 prefix of a client"), 64);

    public static Setting<IPNetwork[]> TrustedProxies { get; } = new(
        "trusted-proxy", "CIDR",
        "A network of proxies in front of service A, whose X-Forwarded-For counts, such as 10.0.0.0/8; repeat for more.",
        ParseNetworks, [], separator: ',');

    public static Setting<bool> ProxyProtocol { get; } = new(
        "proxy-protocol", "true|false", "Connections start with PROXY protocol v2, from a --trusted-proxy. Default false.",
        CommonParsers.OneOf("choice", ("true", true), ("false", false)), false);

    public static Setting[] All { get; } =
        [MaxConnections, Requests, Burst, Connections, Watchers, IPv6Prefix, TrustedProxies, ProxyProtocol];

    /// <summary>Returns the limits of a client, or null when none is given.</summary>
    public static DispatcherClientLimits? Read(SettingsReader reader)
    {
        DispatcherClientLimits limits = new()
        {
            RequestsPerSecond = OrNull(reader.Get(Requests)),
            Burst = OrNull(reader.Get(Burst)),
            Connections = OrNull(reader.Get(Connections)),
            Watchers = OrNull(reader.Get(Watchers)),
            IPv6Prefix = reader.Get(IPv6Prefix),
        };
        return limits is { RequestsPerSecond: null, Burst: null, Connections: null, Watchers: null, IPv6Prefix: 64 } ? null : limits;
    }

    public static int? OrNull(int value) => value == 0 ? null : value;

    private static IPNetwork[] ParseNetworks(string text, out string? fault)
    {
        List<IPNetwork> networks = [];
        fault = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out IPAddress? address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(part, out IPNetwork network))
                networks.Add(network);
            else
                fault ??= $"'{part}' is not a network. Write its first address and its bits, such as 10.0.0.0/8 or fd00::/8.";
        }

        return fault is null ? [.. networks] : [];
    }
}
