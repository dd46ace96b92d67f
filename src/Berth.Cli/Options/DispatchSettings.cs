using System.Net;
using Berth.Sources;

namespace Berth.Cli.Options;

/// <summary>The options of service A.</summary>
internal static class DispatchSettings
{
    public static Setting<ServiceTarget[]> Target { get; } = new(
        "target", "NAMESPACE/SERVICE", "A Service to answer for; repeat for more. GET / answers for the first.", ParseTargets, [],
        separator: ',');

    public static Setting<string[]> Cordon { get; } = new(
        "cordon", "NAMESPACE/POD", "A pod that gets no new clients; repeat for more. Its sessions continue.", ParsePods, [],
        separator: ',');

    public static Setting<string[]?> Urls { get; } = new(
        "urls",
        "URL",
        "The addresses to listen on, http://HOST:PORT or https://HOST:PORT, separated by ';'. Default http://*:8000: every IPv4 and IPv6 "
            + "address; with --tls-cert https://*:8000.",
        ParseUrls,
        null,
        separator: ';');

    public static Setting<IPAddress[]> Bind { get; } = new(
        "bind", "ADDRESS", "Without --urls: listen on port 8000 of these addresses only. Default: every address.", ParseAddresses, [],
        separator: ',');

    /// <summary>The picker that needs desks.</summary>
    public const string SeatsPicker = "seats";

    public static Setting<string> Picker { get; } = new(
        "picker", "NAME",
        $"The picker of GET /: {string.Join(", ", EndpointPickers.Names)}; with --seat-keys also {SeatsPicker}. Default random.",
        ParsePicker, "random");

    public static Setting<TimeSpan> ShutdownDelay { get; } = new(
        "shutdown-delay",
        "DURATION",
        "The time to serve as unready after SIGTERM, until every node knows. Default 0s.",
        Durations.Between(TimeSpan.Zero, TimeSpan.FromMinutes(10)),
        TimeSpan.Zero);

    public static Setting<string?> SnapshotFile { get; } = new(
        "snapshot-file", "PATH",
        "Keep the last good snapshots in this file. A start without the API server serves them as stale.",
        CommonParsers.Text, null);

    public static Setting<TimeSpan?> MaxStale { get; } = new(
        "max-stale", "DURATION",
        "Answer 503 when a stale snapshot is older than this. Default: never, because an old answer is usually better than none.",
        ParseMaxStale,
        null);

    public static Setting<bool> LastResort { get; } = new(
        "last-resort", "true|false",
        "While no pod of a target is ready, hand out those that are not ready, except the terminating. Default false.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting[] All { get; } =
    [
        Target, PingSettings.Target, Cordon, Urls, Bind, Picker, ShutdownDelay, SnapshotFile, MaxStale, LastResort,
        .. TlsSettings.All, .. AccessSettings.All, .. LimitSettings.All,
    ];

    /// <summary>Creates the picker of a parsed name. The dispatcher itself creates the picker of seats.</summary>
    public static IEndpointPicker CreatePicker(string name) =>
        EndpointPickers.TryCreate(name, out IEndpointPicker? picker, out _) ? picker : RandomPicker.Shared;

    private static TimeSpan? ParseMaxStale(string text, out string? fault) =>
        Durations.AtLeast(TimeSpan.FromMilliseconds(1))(text, out fault);

    private static string[] ParsePods(string text, out string? fault)
    {
        string[] pods = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        fault = pods.Length > CordonList.MaxPods
            ? $"{pods.Length} pods are cordoned. Give at most {CordonList.MaxPods}."
            : pods.Select(CordonList.FindFault).FirstOrDefault(static found => found is not null);
        return pods;
    }

    private static IPAddress[] ParseAddresses(string text, out string? fault)
    {
        List<IPAddress> addresses = [];
        fault = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out IPAddress? address))
                addresses.Add(address);
            else
                fault ??= $"'{part}' is not an IP address. Give those of this machine, such as 10.1.2.3 or fd00::1.";
        }

        return [.. addresses];
    }

    private static ServiceTarget[] ParseTargets(string text, out string? fault)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        ServiceTarget[] targets = new ServiceTarget[parts.Length];
        fault = null;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!ServiceTarget.TryParse(parts[i], out targets[i], out fault))
                return [];
        }

        return targets;
    }

    private static string[] ParseUrls(string text, out string? fault)
    {
        // The dispatcher checks each address.
        fault = null;
        return text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static string ParsePicker(string text, out string? fault)
    {
        fault = null;
        if (text != SeatsPicker)
            EndpointPickers.TryCreate(text, out _, out fault);
        return text;
    }
}
