using System.Net;
using Berth.Dns;
using Berth.Sources;

namespace Berth.Cli.Options;

/// <summary>The options for where pods are read from.</summary>
internal static class SourceSettings
{
    public static Setting<SourceKind> Source { get; } = new(
        "source", "kubernetes|dns|file|static",
        "Where pods are read from: the Kubernetes API, DNS, --pod-file or --pod. Default kubernetes; file or static when one is given.",
        CommonParsers.OneOf(
            "source", ("kubernetes", SourceKind.Kubernetes), ("dns", SourceKind.Dns), ("file", SourceKind.File),
            ("static", SourceKind.Static)),
        SourceKind.Kubernetes);

    public static Setting<IPEndPoint[]> DnsServers { get; } = new(
        "dns-server", "ADDRESS[:PORT]", "With --source dns: a DNS server; repeat for more. Default: the servers of /etc/resolv.conf.",
        ParseServers, [], separator: ',');

    public static Setting<string?> ClusterDomain { get; } = new(
        "cluster-domain", "NAME", "With --source dns: the cluster's domain. Default cluster.local.", CommonParsers.Text, null);

    public static Setting<DnsServicePort[]> DnsPorts { get; } = new(
        "dns-port", "NAME[/UDP]",
        "With --source dns: a named port of the Service whose SRV records name the pods; repeat for more. Default: none, for the SRV "
            + "records of the Service itself.",
        ParseDnsPorts, [], separator: ',');

    public static Setting<string?> PodFile { get; } = new(
        "pod-file", "PATH",
        "With --source file: a JSON file of pods, {\"games/lobby\": {\"lobby-0\": \"10.88.0.10\"}}. It is read every 2 s.",
        CommonParsers.Text, null);

    public static Setting<(string Name, string Text)[]> Pods { get; } = new(
        "pod", "[NAMESPACE/SERVICE/]POD=ADDRESS[:PORT]",
        "With --source static: a pod, lobby-0=10.88.0.10 or games/lobby/lobby-0=10.88.0.10:4000; repeat for more.",
        ParsePods, [], separator: ',');

    public static Setting[] All { get; } = [Source, DnsServers, ClusterDomain, DnsPorts, PodFile, Pods];

    // The options that have a meaning only when the API is read.
    private static readonly Setting[] s_ofCluster = [ClusterSettings.Kubeconfig, ClusterSettings.Context, ClusterSettings.Address];

    /// <summary>Reads the choice, and notes options that belong to another source.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="targets">The targets of the command.</param>
    public static SourceChoice Read(SettingsReader reader, IReadOnlyList<ServiceTarget> targets)
    {
        SourceKind kind = reader.OriginOf(Source) != SettingOrigin.Nowhere ? reader.Get(Source)
            : reader.OriginOf(PodFile) == SettingOrigin.CommandLine ? SourceKind.File
            : reader.OriginOf(Pods) == SettingOrigin.CommandLine ? SourceKind.Static
            : SourceKind.Kubernetes;
        (Setting Setting, SourceKind Kind)[] own =
        [
            (DnsServers, SourceKind.Dns), (ClusterDomain, SourceKind.Dns), (DnsPorts, SourceKind.Dns), (PodFile, SourceKind.File),
            (Pods, SourceKind.Static), .. s_ofCluster.Select(static setting => (setting, SourceKind.Kubernetes)),
        ];
        foreach ((Setting setting, SourceKind of) in own)
        {
            if (of != kind && reader.OriginOf(setting) == SettingOrigin.CommandLine)
                reader.Fault($"--{setting.Name} belongs to --source {WordOf(of)}, and the source is {WordOf(kind)}. Leave one out.");
        }

        if (kind == SourceKind.File && reader.Get(PodFile) is null)
            reader.Fault("--source file needs --pod-file. Give the path of a JSON file of pods.");
        Dictionary<ServiceTarget, KeyValuePair<string, string>[]> pods = kind == SourceKind.Static ? ReadPods(reader, targets) : [];
        return new SourceChoice(
            kind, ClusterSettings.Read(reader), reader.Get(DnsServers), reader.Get(ClusterDomain), reader.Get(DnsPorts),
            reader.Get(PodFile), pods);
    }

    private static Dictionary<ServiceTarget, KeyValuePair<string, string>[]> ReadPods(
        SettingsReader reader, IReadOnlyList<ServiceTarget> targets)
    {
        Dictionary<ServiceTarget, List<KeyValuePair<string, string>>> pods = targets.Distinct().ToDictionary(
            static target => target, static _ => new List<KeyValuePair<string, string>>());
        foreach ((string name, string text) in reader.Get(Pods))
        {
            int slash = name.LastIndexOf('/');
            ServiceTarget target = targets.Count > 0 ? targets[0] : default;
            if (slash < 0 && targets.Count != 1)
                reader.Fault($"--pod {name}: there are {targets.Count} targets. Name the pod's one: NAMESPACE/SERVICE/{name}={text}.");
            else if (slash >= 0 && !ServiceTarget.TryParse(name[..slash], out target, out string? fault))
                reader.Fault($"--pod {name}: {fault}");
            else if (!pods.TryGetValue(target, out List<KeyValuePair<string, string>>? own))
                reader.Fault($"--pod {name}: {target} is not a target of this command. Name one that is.");
            else
                own.Add(KeyValuePair.Create(name[(slash + 1)..], text));
        }

        if (reader.Get(Pods).Length == 0)
            reader.Fault("--source static needs --pod. Give one for each pod, such as --pod lobby-0=10.88.0.10.");
        return pods.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToArray());
    }

    private static string WordOf(SourceKind kind) => kind switch
    {
        SourceKind.Dns => "dns",
        SourceKind.File => "file",
        SourceKind.Static => "static",
        _ => "kubernetes",
    };

    public static IPEndPoint[] ParseServers(string text, out string? fault)
    {
        List<IPEndPoint> servers = [];
        fault = null;
        foreach (string part in Parts(text))
        {
            if (AddressText.TryParse(part, out IPAddress? address, out int? port))
                servers.Add(new IPEndPoint(address, port ?? 53));
            else
                fault ??= $"'{part}' is not the address of a DNS server. Write it as 10.96.0.10 or 10.96.0.10:53.";
        }

        return [.. servers];
    }

    private static DnsServicePort[] ParseDnsPorts(string text, out string? fault)
    {
        fault = null;
        return [.. Parts(text).Select(static part => part.Split('/', 2))
            .Select(static pair => new DnsServicePort(pair[0], pair.Length == 2 ? pair[1].ToUpperInvariant() : "TCP"))];
    }

    private static (string Name, string Text)[] ParsePods(string text, out string? fault)
    {
        string[] parts = Parts(text);
        string? wrong = parts.FirstOrDefault(
            static part => part.Split('=', 2) is not [{ Length: > 0 }, var address] || !AddressText.TryParse(address, out _, out _));
        fault = wrong is null
            ? null
            : $"'{wrong}' is not a pod and its address. Write it as lobby-0=10.88.0.10 or lobby-0=10.88.0.10:4000.";
        return fault is null ? [.. parts.Select(static part => part.Split('=', 2)).Select(static pair => (pair[0], pair[1]))] : [];
    }

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
