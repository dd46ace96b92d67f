using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Targets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth;

/// <summary>The options of an <see cref="EndpointDirectory"/>. Every value has a default.</summary>
public sealed class EndpointDirectoryOptions
{
    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The delays between attempts after a source has failed. Default: 200 ms, doubled up to 30 s, with jitter.</summary>
    public IBackoffPolicy? Backoff { get; init; }

    /// <summary>Creates the logger <c>Berth.Directory</c>, which reports changes of state. Default: logs nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The meter of the directory's instruments. Default: null, which creates a meter named <c>Berth</c>.</summary>
    public Meter? Meter { get; init; }

    /// <summary>
    /// The time that <see cref="EndpointDirectory.GetEndpointsAsync(ServiceTarget, PortScheme, CancellationToken)"/> waits for the first
    /// snapshot of a target before it throws. Default 10 s; above 0 and up to 24 days, or <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan FirstSnapshotTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The path of a file that keeps the last good snapshots. A process that starts while its source is unreachable serves them at once,
    /// marked as stale. Default: null, for no file; not empty. The file is written atomically, checked when it is read, and renamed when it
    /// is damaged.
    /// </summary>
    public string? SnapshotFile { get; init; }

    /// <summary>
    /// The maximum age of a stale snapshot that is still served. Above it
    /// <see cref="EndpointDirectory.GetEndpointsAsync(ServiceTarget, PortScheme, CancellationToken)"/> throws until the source answers.
    /// Default: null, for no limit, because an old answer is usually better than none. Above 0.
    /// </summary>
    public TimeSpan? MaxStale { get; init; }

    /// <summary>
    /// True: while no pod of a target is ready, those that are not ready are available, except those that terminate and those that are
    /// cordoned, and a warning (<see cref="EndpointWarningKind.NoneReady"/>) says so. False: no pod is available. Default false.
    /// </summary>
    /// <remarks>
    /// EndpointSlices can say for many minutes that no pod is ready although all are: after an outage of the API server, the node
    /// controller marks every pod as not ready, and the EndpointSlice controller writes the recovery only after a backoff of up to 1,000 s
    /// (seen on Kubernetes 1.36.2). Not for a <see cref="ClusterEndpointSource"/>, which goes to another cluster instead.
    /// </remarks>
    public bool LastResort { get; init; }

    /// <summary>
    /// The name of the cluster that the source reads, where several are followed: the attribute <c>k8s.cluster.name</c> of the metrics, and
    /// the end of the logger's name. Default: null, for no name. A label as in Kubernetes (RFC 1123).
    /// <see cref="ClusterEndpointSource"/> sets it.
    /// </summary>
    public string? Cluster { get; init; }

    /// <summary>The name of the logger.</summary>
    internal string LoggerName => Cluster is null ? "Berth.Directory" : $"Berth.Directory.{Cluster}";

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        if (FirstSnapshotTimeout != Timeout.InfiniteTimeSpan)
            faults.CheckAboveZero(FirstSnapshotTimeout, TimerLimit.Max, nameof(FirstSnapshotTimeout));
        faults.Check(SnapshotFile is not "", "SnapshotFile is empty. Give a path, or null for no file.");
        faults.Check(!(MaxStale <= TimeSpan.Zero), $"MaxStale is {MaxStale}. Give a duration above zero, or null for no limit.");
        if (Cluster is not null && Dns1123.FaultOfCluster(Cluster) is { } wrong)
            faults.Check(false, wrong);
        return faults.Found;
    }

    /// <summary>Returns the same options for one of several clusters, with its own file.</summary>
    internal EndpointDirectoryOptions ForCluster(string name) => new()
    {
        TimeProvider = TimeProvider,
        Backoff = Backoff,
        LoggerFactory = LoggerFactory,
        Meter = Meter,
        FirstSnapshotTimeout = FirstSnapshotTimeout,
        SnapshotFile = SnapshotFile is null ? null : $"{SnapshotFile}.{name}",
        MaxStale = MaxStale,
        Cluster = name,
    };

    /// <summary>The same options for the directory over all clusters. It does not measure and keep what each cluster does.</summary>
    internal EndpointDirectoryOptions ForAllClusters() => new()
    {
        TimeProvider = TimeProvider,
        Backoff = Backoff,
        LoggerFactory = LoggerFactory,
        FirstSnapshotTimeout = FirstSnapshotTimeout,
        MaxStale = MaxStale,
    };
}
