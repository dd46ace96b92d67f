using System.Diagnostics.Metrics;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Dns;
using Berth.Kubernetes;
using Berth.Sources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Options;

/// <summary>The source that a command reads pods from.</summary>
internal sealed record SourceChoice(
    SourceKind Kind, ClusterChoice Cluster, IPEndPoint[] DnsServers, string? ClusterDomain, DnsServicePort[] DnsPorts, string? PodFile,
    IReadOnlyDictionary<ServiceTarget, KeyValuePair<string, string>[]> Pods)
{
    private static readonly TimeSpan s_filePeriod = TimeSpan.FromSeconds(2);

    /// <summary>The clusters that are followed as one set, or none where one is followed without a name.</summary>
    public ClusterEntry[] Clusters { get; init; } = [];

    /// <summary>Opens a directory over the source. Sends no request yet.</summary>
    /// <param name="host">The surroundings.</param>
    /// <param name="loggers">The loggers, or null for none.</param>
    /// <param name="meter">The meter, or null for one of the source's own.</param>
    /// <param name="snapshotFile">The file for the last good snapshots, or null.</param>
    /// <param name="maxStale">The age up to which stale snapshots are used, or null for any.</param>
    /// <returns>The directory, and the cluster where that is the source.</returns>
    /// <exception cref="ClusterAccessException">No cluster is configured, or its configuration has a fault.</exception>
    public (EndpointDirectory Directory, ClusterAccess? Access) Open(
        ProgramHost host, ILoggerFactory? loggers = null, Meter? meter = null, string? snapshotFile = null, TimeSpan? maxStale = null)
    {
        EndpointDirectoryOptions options = ClusterChoice.DirectoryOptions(
            host, loggers ?? NullLoggerFactory.Instance, meter, snapshotFile, maxStale);
        if (Clusters.Length > 0)
            return (ManyClusterSettings.Connect(Clusters, Cluster, host, options), null);
        (IEndpointSource source, ClusterAccess? access) = CreateSource(host, loggers, meter);
        return (new EndpointDirectory(source, options), access);
    }

    /// <summary>Creates the source. Sends no request yet.</summary>
    /// <returns>The source, and the cluster where that is the source.</returns>
    /// <exception cref="ClusterAccessException">No cluster is configured, or its configuration has a fault.</exception>
    public (IEndpointSource Source, ClusterAccess? Access) CreateSource(ProgramHost host, ILoggerFactory? loggers, Meter? meter)
    {
        loggers ??= NullLoggerFactory.Instance;
        if (Kind == SourceKind.Kubernetes)
        {
            ClusterAccess access = Cluster.Find(host, loggers);
            return (Cluster.CreateSource(access, host, loggers, meter), access);
        }

        return (Kind switch
        {
            SourceKind.Dns => new DnsEndpointSource(DnsOptions(host, loggers, meter)),
            SourceKind.File => new FilePodSource(PodFile!, s_filePeriod, host.Time),
            _ => new StaticPodSource(Pods),
        }, null);
    }

    /// <summary>The faults of the options that only the source itself finds: one sentence for each.</summary>
    public IReadOnlyList<string> FindFaults(ProgramHost host) =>
        Kind == SourceKind.Dns ? DnsOptions(host, NullLoggerFactory.Instance, null).FindFaults() : [];

    private DnsEndpointSourceOptions DnsOptions(ProgramHost host, ILoggerFactory loggers, Meter? meter) => new()
    {
        Servers = DnsServers,
        ClusterDomain = ClusterDomain ?? "cluster.local",
        ServicePorts = DnsPorts,
        AddressFamilies = Cluster.Prefer,
        StatefulSetName = target => Cluster.Sets.Find(target) ?? target.Service,
        TimeProvider = host.Time,
        Random = host.Random,
        LoggerFactory = loggers,
        Meter = meter,
    };
}
