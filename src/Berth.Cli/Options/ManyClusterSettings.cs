using System.Diagnostics.Metrics;
using Berth.Cli.Hosting;
using Berth.Kubernetes;
using Berth.Remote;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Options;

/// <summary>The option for following several clusters as one set.</summary>
internal static class ManyClusterSettings
{
    public static Setting<ClusterEntry[]> Cluster { get; } = new(
        "cluster",
        "NAME=context:CONTEXT|in-cluster|URL",
        "Follow this cluster, by a kubeconfig's context, by the pod's own service account or through a dispatcher; repeat for more, the "
            + "preferred first.",
        Parse,
        [],
        separator: ';');

    /// <summary>Reads the clusters; none where one is followed without a name. All faults are noted.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="source">The other options of the source.</param>
    public static ClusterEntry[] Read(SettingsReader reader, SourceKind source)
    {
        ClusterEntry[] clusters = reader.Get(Cluster);
        if (clusters.Length == 0)
            return clusters;
        foreach (string fault in ClusterEndpointSource.FindFaults([.. clusters.Select(static cluster => cluster.Name)]))
            reader.Fault($"--{Cluster.Name}: {fault}");
        foreach (ClusterEntry cluster in clusters.Where(static cluster => cluster.Kind == ClusterEntryKind.Dispatcher))
        {
            foreach (string fault in RemoteEndpointSource.FindFaults([cluster.Where]))
                reader.Fault($"--{Cluster.Name} {cluster.Name}: {fault}");
        }

        foreach (Setting setting in new Setting[] { FromSettings.From, ClusterSettings.Context })
        {
            if (reader.OriginOf(setting) == SettingOrigin.CommandLine)
                reader.Fault($"--{setting.Name} and --{Cluster.Name} are both given. Name every cluster with --{Cluster.Name}.");
        }

        if (source != SourceKind.Kubernetes)
            reader.Fault($"--{Cluster.Name} and another source are both given. Leave one out.");
        return clusters;
    }

    /// <summary>True when only dispatchers are followed, so that they may state the ports.</summary>
    public static bool AreDispatchers(ClusterEntry[] clusters) =>
        clusters.Length > 0 && Array.TrueForAll(clusters, static cluster => cluster.Kind == ClusterEntryKind.Dispatcher);

    /// <summary>Opens a directory over clusters, for a command without a log. Sends no request yet.</summary>
    /// <exception cref="CommandException">A cluster's configuration has a fault.</exception>
    public static EndpointDirectory Connect(
        ClusterEntry[] clusters, ClusterChoice choice, ProgramHost host, EndpointDirectoryOptions options) =>
        ClusterEndpointSource.Connect([.. clusters.Select(cluster => new NamedCluster(
            cluster.Name, Open(cluster, choice, entry => OpenRemote(entry, host), host, options.LoggerFactory, options.Meter)))], options);

    /// <summary>Opens a cluster. Sends no request yet.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="choice">The options of clusters that are read directly.</param>
    /// <param name="openRemote">Opens a dispatcher.</param>
    /// <param name="host">The surroundings.</param>
    /// <param name="loggers">The loggers.</param>
    /// <param name="meter">The meter, or null for one of the source's own.</param>
    /// <exception cref="ClusterAccessException">The cluster's configuration has a fault.</exception>
    public static IEndpointSource Open(
        ClusterEntry cluster, ClusterChoice choice, Func<ClusterEntry, RemoteEndpointSource> openRemote, ProgramHost host,
        ILoggerFactory loggers, Meter? meter)
    {
        if (cluster.Kind == ClusterEntryKind.Dispatcher)
            return openRemote(cluster);
        bool isInside = cluster.Kind == ClusterEntryKind.InCluster;
        ClusterChoice named = choice with
        {
            Name = cluster.Name,
            Kubeconfig = isInside ? null : choice.Kubeconfig,
            Context = isInside ? null : cluster.Where,
            IsInside = isInside,
        };
        try
        {
            return named.CreateSource(named.Find(host, loggers), host, loggers, meter);
        }
        catch (ClusterAccessException exception)
        {
            throw CommandException.Usage($"The cluster {cluster.Name} cannot be followed. {exception.Message}", exception);
        }
    }

    private static RemoteEndpointSource OpenRemote(ClusterEntry cluster, ProgramHost host) =>
        new([cluster.Where], new RemoteEndpointSourceOptions { Cluster = cluster.Name, TimeProvider = host.Time });

    private static ClusterEntry[] Parse(string text, out string? fault)
    {
        fault = null;
        List<ClusterEntry> clusters = [];
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ClusterEntry.Parse(part, out string? wrong) is { } cluster)
                clusters.Add(cluster);
            fault ??= wrong;
        }

        return [.. clusters];
    }
}
