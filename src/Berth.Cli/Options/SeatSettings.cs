using System.Net;
using Berth.Dispatcher;
using Berth.Seats.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Options;

/// <summary>The options of seats, in service A and in pods.</summary>
internal static class SeatSettings
{
    private const int DefaultDeskBase = 9000;

    public static Setting<int?> Seats { get; } = new(
        "seats", "N", "The number of clients that the pod takes, 0..1000000: a desk keeps their seats. Default: no desk, and no limit.",
        ParseSeats, null);

    public static Setting<string?> Keys { get; } = new(
        "seat-keys", "PATH", "The file of keys that desks and dispatchers share, the newest first: ID=BASE64 of 32 bytes on each line.",
        CommonParsers.Text, null);

    public static Setting<int> DeskBasePort { get; } = new(
        "desk-base-port", "PORT", "The port of the desk of ordinal 0, 1..65535. Default 9000.",
        CommonParsers.Between(1, IPEndPoint.MaxPort, "port"), DefaultDeskBase);

    public static Setting<IPAddress> DeskAddress { get; } = new(
        "desk-address", "ADDRESS", "The address that the desk listens on: the node's internal one. Default 127.0.0.1.",
        ParseAddress, IPAddress.Loopback);

    public static Setting<string?> TlsCertificate { get; } = new(
        "seats-tls-cert", "PATH",
        "The PEM file of the desk's certificate, with its chain: the desk then speaks TLS. It is read again when it "
            + "changes. Default: no TLS.",
        CommonParsers.Text, null);

    public static Setting<string?> TlsKey { get; } = new(
        "seats-tls-key", "PATH", "The PEM file of the key of --seats-tls-cert.", CommonParsers.Text, null);

    public static Setting<string?> DeskCa { get; } = new(
        "desk-ca", "PATH", "The PEM file with the CAs of the desks' certificates. Default: desks speak HTTP without TLS.",
        CommonParsers.Text, null);

    public static Setting<string?> DeskName { get; } = new(
        "desk-name", "NAME", "The name in the certificates of desks. Default: the address of each desk.", CommonParsers.Text, null);

    public static Setting<SeatPolicy> Policy { get; } = new(
        "seat-policy", "lowest-ordinal|least-loaded|sticky", "The order in which desks are asked for seats. Default lowest-ordinal.",
        CommonParsers.OneOf(
            "policy", ("lowest-ordinal", SeatPolicy.LowestOrdinal), ("least-loaded", SeatPolicy.LeastLoaded),
            ("sticky", SeatPolicy.Sticky)),
        SeatPolicy.LowestOrdinal);

    public static Setting<Uri> Url { get; } = new(
        "url", "URL", "The address of service A. Default http://127.0.0.1:8000.", ParseUrl, new Uri("http://127.0.0.1:8000"));

    public static Setting<IPEndPoint?> Desk { get; } = new(
        "desk", "ADDRESS:PORT", "The address of the desk, such as 10.0.0.7:9001.", ParseDesk, null);

    public static Setting[] OfEcho { get; } = [Seats, Keys, DeskBasePort, DeskAddress, TlsCertificate, TlsKey];

    public static Setting[] OfDispatch { get; } = [Keys, DeskBasePort, Policy, DeskCa, DeskName];

    public static Setting[] All { get; } = [.. OfEcho, Policy, DeskCa, DeskName];

    /// <summary>Returns what identifies a desk with TLS, or null. Notes the faults.</summary>
    public static DeskTrust? ReadTrust(SettingsReader reader, TimeProvider time)
    {
        string? ca = reader.Get(DeskCa);
        string? name = reader.Get(DeskName);
        if (ca is null && name is not null)
            reader.Fault($"--{DeskName.Name} has no meaning without TLS. Give --{DeskCa.Name} too, or leave it out.");
        if (ca is not null && DeskTrust.FindFault(ca) is { } fault)
            reader.Fault(fault);
        return ca is null ? null : new DeskTrust(ca, name, time, NullLogger.Instance);
    }

    /// <summary>Returns the dispatcher's options of seats, or null without keys.</summary>
    public static DispatcherSeatOptions? ReadDispatcher(SettingsReader reader, bool picksBySeats)
    {
        string? keys = reader.Get(Keys);
        int basePort = reader.Get(DeskBasePort);
        SeatPolicy policy = reader.Get(Policy);
        string? ca = reader.Get(DeskCa);
        string? name = reader.Get(DeskName);
        if (keys is null)
        {
            if (reader.OriginOf(Policy) == SettingOrigin.CommandLine || reader.OriginOf(DeskBasePort) == SettingOrigin.CommandLine)
                reader.Fault($"Seats need keys. Give --{Keys.Name} too, or leave --{DeskBasePort.Name} and --{Policy.Name} out.");
            if (picksBySeats)
                reader.Fault($"--picker {DispatchSettings.SeatsPicker} needs desks. Give --{Keys.Name} too, or choose another picker.");
            return null;
        }

        return new DispatcherSeatOptions
        {
            KeyFile = keys, DeskPorts = PortScheme.PerOrdinal(basePort), Policy = policy, PicksBySeats = picksBySeats,
            DeskCaFile = ca, DeskName = name,
        };
    }

    private static int? ParseSeats(string text, out string? fault) =>
        CommonParsers.Between(0, 1_000_000, "number of seats")(text, out fault);

    private static Uri ParseUrl(string text, out string? fault)
    {
        bool isUrl = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is ("http" or "https");
        fault = isUrl ? null : $"'{text}' is not the address of service A. Write it as in http://127.0.0.1:8000.";
        return url ?? Url.Fallback;
    }

    private static IPEndPoint? ParseDesk(string text, out string? fault)
    {
        bool isAddress = IPEndPoint.TryParse(text, out IPEndPoint? desk) && desk.Port != 0;
        fault = isAddress ? null : $"'{text}' is not an address and a port. Write it as in 10.0.0.7:9001 or [fd00::7]:9001.";
        return desk;
    }

    private static IPAddress ParseAddress(string text, out string? fault)
    {
        fault = IPAddress.TryParse(text, out IPAddress? address)
            ? null
            : $"'{text}' is not an IP address. Give one of this machine, such as 127.0.0.1, or status.hostIP of the pod.";
        return address ?? IPAddress.Loopback;
    }
}
