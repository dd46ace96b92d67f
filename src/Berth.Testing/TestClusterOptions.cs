using Berth.LocalCluster;
using Microsoft.Extensions.Logging;

namespace Berth.Testing;

/// <summary>The options of a test cluster. Every value has a default; <see cref="TestCluster.StartAsync"/> checks them all.</summary>
public sealed class TestClusterOptions
{
    /// <summary>
    /// Number of nodes, 1 to 50. Default 1. Node i has the address 127.0.0.(i+1) on Linux, and 127.0.0.1 elsewhere; the zone is
    /// <c>zone-i</c>.
    /// </summary>
    public int Nodes { get; init; } = 1;

    /// <summary>True when nodes also state an ExternalIP: 127.1.0.(i+1). Default false.</summary>
    public bool ExternalAddresses { get; init; }

    /// <summary>
    /// True when Roles and RoleBindings count for tokens of service accounts. Default false: every valid token may do everything.
    /// </summary>
    public bool EnforceRbac { get; init; }

    /// <summary>Number of changes kept for watches, 1 or more. An older watch is answered with 410. Default 10,000.</summary>
    public int HistoryLimit { get; init; } = 10_000;

    /// <summary>The time between two bookmarks of a watch, above zero, up to 1 day. Default one minute.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Manifests (YAML or JSON) that are applied before the start returns. Default none.</summary>
    public IReadOnlyList<string> Manifests { get; init; } = [];

    /// <summary>Clock and timers of the cluster. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The factory of the cluster's loggers. Default: no log.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Lists the faults, a sentence for each; empty when all is well.</summary>
    public IReadOnlyList<string> FindFaults() => ToLocal().FindFaults();

    internal LocalClusterOptions ToLocal() => new()
    {
        RunProcesses = false,
        Nodes = Nodes,
        ExternalAddresses = ExternalAddresses,
        EnforceRbac = EnforceRbac,
        HistoryLimit = HistoryLimit,
        BookmarkInterval = BookmarkInterval,
        Manifests = Manifests,
        TimeProvider = TimeProvider,
        LoggerFactory = LoggerFactory,
    };
}
