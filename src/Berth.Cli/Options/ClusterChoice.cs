using System.Diagnostics.Metrics;
using Berth.Cli.Hosting;
using Berth.Kubernetes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Options;

/// <summary>The options that name the cluster and the kind of addresses.</summary>
internal sealed record ClusterChoice(
    string? Kubeconfig,
    string? Context,
    AddressMode Address,
    ExternalAddressSource[]? ExternalFrom,
    string? HostTemplate,
    AddressFamilies Prefer,
    SetNames Sets)
{
    private static readonly string[] s_ofKubeconfig = ["KUBECONFIG", "HOME", "USERPROFILE"];

    /// <summary>The name of the cluster, or null when only one is followed.</summary>
    public string? Name { get; init; }

    /// <summary>True when the service account of this pod is the only way to the cluster.</summary>
    public bool IsInside { get; init; }

    /// <summary>The options of the source that these options decide.</summary>
    public KubernetesEndpointSourceOptions SourceOptions => CreateOptions(null, NullLoggerFactory.Instance, null);

    /// <summary>Finds the cluster. Sends no request yet.</summary>
    /// <exception cref="ClusterAccessException">No cluster is configured, or its configuration has a fault.</exception>
    public ClusterAccess Find(ProgramHost host, ILoggerFactory? loggers = null) => KubernetesEndpoints.FindAccess(new ClusterAccessOptions
    {
        Kubeconfig = Kubeconfig,
        Context = Context,
        Environment = IsInside ? name => s_ofKubeconfig.Contains(name) ? null : host.Variable(name) : host.Variable,
        TimeProvider = host.Time,
        LoggerFactory = loggers ?? NullLoggerFactory.Instance,
        // A server has a log. Without a log, a person at a terminal must see at once what a login plugin asks for.
        PluginOutput = loggers is null ? host.Error.WriteLine : null,
    });

    /// <summary>Opens a directory over a cluster. Sends no request yet.</summary>
    public EndpointDirectory Open(ClusterAccess access, ProgramHost host) => new(
        CreateSource(access, host, NullLoggerFactory.Instance, null),
        DirectoryOptions(host, NullLoggerFactory.Instance, null, null, null));

    /// <summary>Returns the options of the directory, for any source.</summary>
    public static EndpointDirectoryOptions DirectoryOptions(
        ProgramHost host, ILoggerFactory loggers, Meter? meter, string? snapshotFile, TimeSpan? maxStale,
        bool lastResort = false) => new()
    {
        TimeProvider = host.Time,
        Backoff = new ExponentialBackoff(host.Random),
        LoggerFactory = loggers,
        Meter = meter,
        SnapshotFile = snapshotFile,
        MaxStale = maxStale,
        LastResort = lastResort,
    };

    /// <summary>Creates the source over a cluster. Sends no request yet.</summary>
    public KubernetesEndpointSource CreateSource(ClusterAccess access, ProgramHost host, ILoggerFactory loggers, Meter? meter) =>
        new(access, CreateOptions(host, loggers, meter));

    private KubernetesEndpointSourceOptions CreateOptions(ProgramHost? host, ILoggerFactory loggers, Meter? meter) => new()
    {
        AddressMode = Address,
        AddressFamilies = Prefer,
        ExternalFrom = ExternalFrom ?? [ExternalAddressSource.ExternalIP],
        HostTemplate = HostTemplate,
        StatefulSetName = Sets.Find,
        Cluster = Name,
        TimeProvider = host?.Time ?? TimeProvider.System,
        Random = host?.Random,
        LoggerFactory = loggers,
        Meter = meter,
    };
}
