using System.Net;

namespace Berth.Cli.Options;

/// <summary>The options of <c>berth doctor</c>.</summary>
internal static class DoctorSettings
{
    public static Setting<Uri[]> Urls { get; } = new(
        "url", "URL", "A dispatcher to look at, such as http://service-a.games; every address of its name is asked. Repeat for more.",
        ParseUrls, [], separator: ';');

    public static Setting<bool> Echo { get; } = new(
        "echo", "true|false", "The pods run berth echo, so ask each over UDP too. Default false.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting<IPEndPoint[]> DnsServers { get; } = new(
        "dns-server", "ADDRESS[:PORT]",
        "The cluster's DNS server, to compare with; repeat for more. Default: in a pod those of /etc/resolv.conf, elsewhere none.",
        SourceSettings.ParseServers, [], separator: ',');

    public static Setting<string?> ClusterDomain { get; } = new(
        "cluster-domain", "NAME", "The cluster's domain, for DNS. Default cluster.local.", CommonParsers.Text, null);

    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", "DURATION", "The most that one question may take. Default 5s.", Durations.AtLeast(TimeSpan.FromMilliseconds(1)),
        TimeSpan.FromSeconds(5));

    public static Setting[] All { get; } = [Urls, Echo, DnsServers, ClusterDomain];

    private static Uri[] ParseUrls(string text, out string? fault)
    {
        List<Uri> urls = [];
        fault = null;
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Uri.TryCreate(part, UriKind.Absolute, out Uri? url) && (url.Scheme is "http" or "https"))
                urls.Add(url);
            else
                fault ??= $"'{part}' is not the address of a dispatcher. Write it as http://service-a.games or http://127.0.0.1:8000.";
        }

        return [.. urls];
    }
}
