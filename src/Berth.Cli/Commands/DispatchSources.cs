using System.Diagnostics.Metrics;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Kubernetes;
using Berth.Remote;
using Berth.Sources;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary>The sources of a dispatcher: one source, another dispatcher, or several clusters.</summary>
internal sealed class DispatchSources
{
    private readonly SettingsReader _reader;
    private readonly string _runId;
    private readonly ProgramHost _host;
    private readonly string[] _from;
    private readonly List<RemoteEndpointSource> _remotes = [];
    private readonly List<CordonSource> _cordons = [];
    private ClusterEntry[] _clusters;
    private SourceChoice? _choice;

    /// <summary>Reads the options on which the ports depend. All faults are noted.</summary>
    public DispatchSources(SettingsReader reader, string runId, ProgramHost host)
    {
        _reader = reader;
        _runId = runId;
        _host = host;
        _from = FromSettings.Read(reader);
        _clusters = reader.Get(ManyClusterSettings.Cluster);
    }

    /// <summary>True when only dispatchers are followed, so that they may state the ports.</summary>
    public bool AreDispatchers => _from.Length > 0 || ManyClusterSettings.AreDispatchers(_clusters);

    /// <summary>True when several clusters are followed.</summary>
    public bool AreClusters => _clusters.Length > 0;

    /// <summary>Reads the rest. All faults are noted.</summary>
    /// <param name="targets">The targets.</param>
    public void Read(IReadOnlyList<ServiceTarget> targets)
    {
        _choice = SourceSettings.Read(_reader, targets);
        if (_from.Length > 0 && _choice.Kind != SourceKind.Kubernetes)
            _reader.Fault("--from and --source are both given: a dispatcher is a source too. Leave one out.");
        foreach (string fault in _choice.FindFaults(_host))
            _reader.Fault(fault);
        _clusters = ManyClusterSettings.Read(_reader, _choice.Kind);
    }

    /// <summary>The run ids of the dispatchers that the endpoints of a target come through.</summary>
    public IReadOnlyList<string> FindDispatchers(ServiceTarget target) =>
        [.. _remotes.SelectMany(remote => remote.FindDispatchers(target)).Distinct(StringComparer.Ordinal)];

    /// <summary>Cordons pods in every cluster. They replace the previous ones.</summary>
    public void Cordon(IReadOnlyList<string> pods)
    {
        foreach (CordonSource source in _cordons)
            source.Set(new CordonList(pods));
    }

    /// <summary>Opens the directory. Sends no request yet.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="canCordon">True when pods may be cordoned.</param>
    /// <exception cref="ClusterAccessException">A cluster's configuration has a fault.</exception>
    public async Task<EndpointDirectory> OpenAsync(EndpointDirectoryOptions options, bool canCordon)
    {
        if (_clusters.Length == 0)
            return new EndpointDirectory(Wrap(OpenOne(options), canCordon), options);
        List<NamedCluster> clusters = [];
        try
        {
            foreach (ClusterEntry cluster in _clusters)
                clusters.Add(new NamedCluster(cluster.Name, Wrap(Open(cluster, options), canCordon)));
        }
        catch
        {
            foreach (NamedCluster opened in clusters)
                await ((IAsyncDisposable)opened.Source).DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return ClusterEndpointSource.Connect(clusters, options);
    }

    private IEndpointSource OpenOne(EndpointDirectoryOptions options) => _from.Length > 0
        ? OpenRemote(_from, null, options.LoggerFactory, options.Meter!)
        : _choice!.CreateSource(_host, options.LoggerFactory, options.Meter).Source;

    private IEndpointSource Open(ClusterEntry cluster, EndpointDirectoryOptions options) => ManyClusterSettings.Open(
        cluster, _choice!.Cluster, entry => OpenRemote([entry.Where], entry.Name, options.LoggerFactory, options.Meter!), _host,
        options.LoggerFactory, options.Meter!);

    private RemoteEndpointSource OpenRemote(string[] dispatchers, string? cluster, ILoggerFactory loggers, Meter meter)
    {
        RemoteEndpointSource remote = FromSettings.Open(_reader, dispatchers, cluster, _runId, _host, loggers, meter);
        _remotes.Add(remote);
        return remote;
    }

    private IEndpointSource Wrap(IEndpointSource source, bool canCordon)
    {
        if (!canCordon)
            return source;
        CordonSource wrapped = new(source, _host.Time);
        _cordons.Add(wrapped);
        return wrapped;
    }
}
