using Berth.Checks;
using Berth.Clusters;
using Berth.Directories;
using Berth.Targets;

namespace Berth;

/// <summary>
/// Follows targets in several clusters as one set. Each cluster has its own source, retries, age and snapshot file: the silence of one
/// makes only its own pods stale. The clusters stand in the order of preference.
/// </summary>
/// <remarks><see cref="Connect"/> is the usual way to use it.</remarks>
public sealed class ClusterEndpointSource : IEndpointSource, IReleasesTargets, IAsyncDisposable
{
    private readonly ClusterMember[] _members;
    private readonly TimeProvider _time;

    /// <summary>Creates a source. It asks the clusters only when a target is requested.</summary>
    /// <param name="clusters">
    /// The clusters, at least one, each name once, the preferred first. Their sources are disposed with this one.
    /// </param>
    /// <param name="options">
    /// The options of each cluster, or null for the defaults. The name of a snapshot file is followed by a dot and the cluster's name.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name is not valid, or options are outside their ranges; the message names all faults.
    /// </exception>
    public ClusterEndpointSource(IReadOnlyList<NamedCluster> clusters, EndpointDirectoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        options ??= new EndpointDirectoryOptions();
        List<string> faults = [.. FindFaults([.. clusters.Select(static cluster => cluster.Name)])];
        faults.AddRange(options.FindFaults());
        OptionFaults.Throw(faults, nameof(clusters));
        _time = options.TimeProvider;
        _members = [.. clusters.Select(
            cluster => new ClusterMember(cluster.Name, new EndpointDirectory(cluster.Source, options.ForCluster(cluster.Name))))];
    }

    /// <summary>Opens a directory over several clusters, in one call.</summary>
    /// <inheritdoc cref="ClusterEndpointSource(IReadOnlyList{NamedCluster}, EndpointDirectoryOptions?)"/>
    /// <returns>The directory. Dispose it; it disposes the sources.</returns>
    public static EndpointDirectory Connect(IReadOnlyList<NamedCluster> clusters, EndpointDirectoryOptions? options = null) =>
        new(new ClusterEndpointSource(clusters, options), (options ?? new EndpointDirectoryOptions()).ForAllClusters());

    /// <summary>Finds all faults of clusters' names: one sentence for each. Empty when a source can be created with them.</summary>
    /// <param name="names">The names, in the order of preference.</param>
    public static IReadOnlyList<string> FindFaults(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        List<string> faults = [];
        if (names.Count == 0)
            faults.Add("There is no cluster. Give at least one.");
        foreach (string name in names.Distinct(StringComparer.Ordinal))
        {
            if (Dns1123.FaultOfCluster(name) is { } fault)
                faults.Add(fault);
            else if (names.Count(other => other == name) > 1)
                faults.Add($"The cluster {name} is given twice. Give each cluster a name of its own.");
        }

        return faults;
    }

    /// <inheritdoc/>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports) => new ClusterStream(
        target, ports, [.. _members.Select(member => new FollowedCluster(member, target, ports))], _time);

    /// <summary>Stops following all targets in all clusters, and disposes the sources.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (ClusterMember member in _members)
            await member.Directory.DisposeAsync().ConfigureAwait(false);
    }

    async ValueTask IReleasesTargets.ReleaseAsync(ServiceTarget target)
    {
        foreach (ClusterMember member in _members)
            await member.Directory.ReleaseAsync(target).ConfigureAwait(false);
    }
}
