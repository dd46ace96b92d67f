using System.Diagnostics.Metrics;
using Berth.Cli.Hosting;
using Berth.Kubernetes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Options;

/// <summary>The options that name the cluster and the kind of addresses.</summary>
internal sealed record ClusterChoice(string? Kubeconfig, string? Context, AddressMode Address, AddressFamilies Prefer, SetNames Sets)
{
    /// <summary>Finds the cluster. Sends no request yet.</summary>
    /// <exception cref="ClusterAccessException">No cluster is configured, or its configuration has a fault.</exception>
    public ClusterAccess Find(ProgramHost host, ILoggerFactory? loggers = null) => KubernetesEndpoints.FindAccess(new ClusterAccessOptions
    {
        Kubeconfig = Kubeconfig,
        Context = Context,
        Environment = host.Variable,
        TimeProvider = host.Time,
        LoggerFactory = loggers ?? NullLoggerFactory.Instance,
        // A server has a log. Without a log, a person at a terminal must see at once what a login plugin asks for.
        PluginOutput = loggers is null ? host.Error.WriteLine : null,
    });

    /// <summary>Opens a directory over a cluster. Sends no request yet.</summary>
    public EndpointDirectory Open(
        ClusterAccess access,
        ProgramHost host,
        ILoggerFactory? loggers = null,
        Meter? meter = null,
        string? snapshotFile = null,
        TimeSpan? maxStale = null)
    {
        loggers ??= NullLoggerFactory.Instance;
        KubernetesEndpointSourceOptions source = new()
        {
            AddressMode = Address,
            AddressFamilies = Prefer,
            StatefulSetName = Sets.Find,
            TimeProvider = host.Time,
            Random = host.Random,
            LoggerFactory = loggers,
            Meter = meter,
        };
        return KubernetesEndpoints.Connect(access, source, DirectoryOptions(host, loggers, meter, snapshotFile, maxStale));
    }

    /// <summary>The options of the directory, over whatever source.</summary>
    public static EndpointDirectoryOptions DirectoryOptions(
        ProgramHost host, ILoggerFactory loggers, Meter? meter, string? snapshotFile, TimeSpan? maxStale) => new()
    {
        TimeProvider = host.Time,
        Backoff = new ExponentialBackoff(host.Random),
        LoggerFactory = loggers,
        Meter = meter,
        SnapshotFile = snapshotFile,
        MaxStale = maxStale,
    };
}
