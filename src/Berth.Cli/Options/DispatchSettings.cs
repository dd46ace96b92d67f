using System.Net;

namespace Berth.Cli.Options;

/// <summary>The options of service A.</summary>
internal static class DispatchSettings
{
    public static Setting<ServiceTarget[]> Target { get; } = new(
        "target", "NAMESPACE/SERVICE", "A Service to answer for; give it again for more. GET / answers for the first.", ParseTargets, [],
        separator: ',');

    public static Setting<string[]?> Urls { get; } = new(
        "urls",
        "URL",
        "The addresses to listen on, http://HOST:PORT, several with ';' between. Default http://*:8000: any, of IPv4 and IPv6.",
        ParseUrls,
        null,
        separator: ';');

    public static Setting<IPAddress[]> Bind { get; } = new(
        "bind", "ADDRESS", "Where no --urls are given: listen on port 8000 of these addresses only. Default: any.", ParseAddresses, [],
        separator: ',');

    public static Setting<IEndpointPicker> Picker { get; } = new(
        "picker", "NAME", $"How GET / chooses: {string.Join(", ", EndpointPickers.Names)}. Default random.", ParsePicker,
        RandomPicker.Shared);

    public static Setting<TimeSpan> ShutdownDelay { get; } = new(
        "shutdown-delay",
        "DURATION",
        "How long to go on serving, as unready, after SIGTERM, so that every node hears of it. Default 0s.",
        Durations.Between(TimeSpan.Zero, TimeSpan.FromMinutes(10)),
        TimeSpan.Zero);

    public static Setting<string?> SnapshotFile { get; } = new(
        "snapshot-file", "PATH",
        "Keep the last good snapshots in this file, and serve them, as stale, when started while the API server is away.",
        CommonParsers.Text, null);

    public static Setting<TimeSpan?> MaxStale { get; } = new(
        "max-stale", "DURATION",
        "Answer 503 once a stale snapshot is older than this. Default: never, because an old answer is usually better than none.",
        ParseMaxStale,
        null);

    public static Setting[] All { get; } = [Target, Urls, Bind, Picker, ShutdownDelay, SnapshotFile, MaxStale];

    private static TimeSpan? ParseMaxStale(string text, out string? fault) =>
        Durations.AtLeast(TimeSpan.FromMilliseconds(1))(text, out fault);

    private static IPAddress[] ParseAddresses(string text, out string? fault)
    {
        List<IPAddress> addresses = [];
        fault = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out IPAddress? address))
                addresses.Add(address);
            else
                fault ??= $"'{part}' is no IP address. Give those of this machine, such as 10.1.2.3 or fd00::1.";
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
        // What is wrong with each is for the room to say that listens there.
        fault = null;
        return text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEndpointPicker ParsePicker(string text, out string? fault) =>
        EndpointPickers.TryCreate(text, out IEndpointPicker? picker, out fault) ? picker : RandomPicker.Shared;
}
