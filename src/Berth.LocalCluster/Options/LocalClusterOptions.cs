namespace Berth.LocalCluster;

/// <summary>The options of a local cluster. Every value has a default; <see cref="LocalCluster.StartAsync"/> checks them all.</summary>
public sealed class LocalClusterOptions
{
    /// <summary>
    /// The folder for the kubeconfig files. Default: a new folder under the system's temporary folder, which is removed on disposal. A
    /// given folder is kept.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>The TCP port of the API on 127.0.0.1, 0 to 65535. Default 0: any free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The number of nodes, 1 to 50. Default 1. Node i (from 0) has the address 127.0.0.(i+1) and the zone <c>zone-i</c>.
    /// </summary>
    public int Nodes { get; init; } = 1;

    /// <summary>True when nodes also state an ExternalIP: 127.1.0.(i+1), which leads to the same machine. Default false.</summary>
    public bool ExternalAddresses { get; init; }

    /// <summary>
    /// The texts of manifests (YAML or JSON, several documents each) that are applied before <see cref="LocalCluster.StartAsync"/> returns.
    /// Default none.
    /// </summary>
    public IReadOnlyList<string> Manifests { get; init; } = [];

    /// <summary>
    /// The programs for images. The key is an image's name without registry, path, tag and digest: <c>berth</c> for
    /// <c>ghcr.io/x/berth:1.0</c>. A pod with another image waits in ErrImagePull, as on a cluster that cannot pull it. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, ImageProgram> Images { get; init; } = new Dictionary<string, ImageProgram>(StringComparer.Ordinal);

    /// <summary>
    /// The environment variables that every container gets besides those of its manifest, which have precedence. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string> PodEnvironment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The ports of this machine that are forwarded to Services, besides node ports, which every node's address has. Default none.
    /// </summary>
    public IReadOnlyList<ServiceForward> Forwards { get; init; } = [];

    /// <summary>True to run processes. Default true. False is for tests of scale: pods are then ready as soon as they are bound.</summary>
    public bool RunProcesses { get; init; } = true;

    /// <summary>
    /// True when Roles and RoleBindings are enforced for service account tokens. Default false: every valid token may do
    /// everything.
    /// </summary>
    public bool EnforceRbac { get; init; }

    /// <summary>
    /// The number of changes that are kept for watches, 1 or more. A watch from an older version is answered with 410. Default 10,000.
    /// </summary>
    public int HistoryLimit { get; init; } = 10_000;

    /// <summary>
    /// The time between two bookmarks of a watch that allows them, above zero, up to 1 day. Default one minute, as in a real API server.
    /// </summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The source of randomness for UIDs, name suffixes and watch timeouts. Default: seeded from the system. Tokens do not use it.
    /// </summary>
    public Random? Random { get; init; }

    /// <summary>The factory of the cluster's loggers. Default: no log.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Finds all faults: one sentence for each. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        IEnumerable<(bool Good, string Fault)> rules =
        [
            (Port is >= 0 and <= 65535, $"Port is {Port}. Give 0 to 65535."),
            (Nodes is >= 1 and <= 50, $"Nodes is {Nodes}. Give 1 to 50."),
            (HistoryLimit >= 1, $"HistoryLimit is {HistoryLimit}. Give 1 or more."),
            (
                BookmarkInterval > TimeSpan.Zero && BookmarkInterval <= TimeSpan.FromDays(1),
                $"BookmarkInterval is {BookmarkInterval}. Give a duration above zero and up to 1.00:00:00."),
            (Manifests is not null, "Manifests is null. Give a list, or leave the option out for none."),
            (Images is not null, "Images is null. Give a dictionary, or leave the option out for none."),
            (PodEnvironment is not null, "PodEnvironment is null. Give a dictionary, or leave the option out for none."),
            (Forwards is not null, "Forwards is null. Give a list, or leave the option out for none."),
            (TimeProvider is not null, "TimeProvider is null. Give a clock, or leave the option out for the system's."),
            .. (Forwards ?? []).Select(static forward => (
                forward.LocalPort is >= 1 and <= 65535,
                $"A forward to {forward.Namespace}/{forward.Service} has the local port {forward.LocalPort}. Give 1 to 65535.")),
        ];
        return [.. rules.Where(static rule => !rule.Good).Select(static rule => rule.Fault)];
    }
}
