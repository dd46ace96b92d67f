using System.Net;

namespace Berth.Cli.Options;

/// <summary>The options of service B and of its probe.</summary>
internal static class EchoSettings
{
    public static Setting<IPAddress?> Bind { get; } = new(
        "bind", "ADDRESS", "The address to listen on. Default: every IPv4 and IPv6 address.", ParseAddress, null);

    public static Setting<TimeSpan> Drain { get; } = new(
        "drain", "DURATION", "The time that sessions have to end after SIGTERM. Default 30s; 0 ends them at once.",
        Durations.Between(TimeSpan.Zero, TimeSpan.FromDays(1)), TimeSpan.FromSeconds(30));

    public static Setting<string> Host { get; } = new(
        "host", "ADDRESS", "The address to connect to. Default 127.0.0.1.", ParseHost, "127.0.0.1");

    public static Setting<bool> AnyOwner { get; } = new(
        "owner", "own|any",
        "Who may listen: own, only this pod's processes, if /proc shows them; any, if another container of the pod listens. Default own.",
        CommonParsers.OneOf("owner", ("own", false), ("any", true)), false);

    public static Setting<TimeSpan> ProbeTimeout { get; } = new(
        "timeout", "DURATION", "The time to wait for the connection. Default 1s.", Durations.AtLeast(TimeSpan.FromMilliseconds(1)),
        TimeSpan.FromSeconds(1));

    public static Setting[] All { get; } = [Bind, Drain, Host, AnyOwner, ProbeTimeout];

    private static IPAddress? ParseAddress(string text, out string? fault)
    {
        fault = IPAddress.TryParse(text, out IPAddress? address)
            ? null
            : $"'{text}' is not an IP address. Give one of this machine, such as 127.0.0.1 or ::1.";
        return address;
    }

    private static string ParseHost(string text, out string? fault)
    {
        string host = text.Trim('[', ']');
        fault = Uri.CheckHostName(host) == UriHostNameType.Unknown
            ? $"'{text}' is neither a host name nor an IP address. Correct it."
            : null;
        return host;
    }
}
