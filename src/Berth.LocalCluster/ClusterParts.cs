using System.Security.Cryptography;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Api;
using Berth.LocalCluster.Controllers;
using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Manifests;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Runtime;
using Berth.LocalCluster.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.LocalCluster;

/// <summary>Puts the parts of a cluster together and takes them apart again, in that order and in reverse.</summary>
internal sealed class ClusterParts : IAsyncDisposable
{
    /// <summary>
    /// The time that pods may take to end when the cluster does; less than their own, since no client waits for them.
    /// </summary>
    private static readonly TimeSpan s_endGrace = TimeSpan.FromSeconds(0.5);

    private readonly LocalClusterOptions _options;
    private readonly ClusterCertificates _certificates;
    private readonly ILoggerFactory _loggers;
    private readonly ControllerLoop _controllers;
    private readonly ServiceForwarder _forwarder;
    private readonly FaultHandler _faultHandler;

    private ClusterParts(LocalClusterOptions options)
    {
        _options = options;
        _loggers = _options.LoggerFactory ?? NullLoggerFactory.Instance;
        ILogger logger = _loggers.CreateLogger("Berth.LocalCluster");
        TimeProvider time = _options.TimeProvider;
        NameGenerator names = new(_options.Random ?? new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        Store = new ObjectStore(time, names, _options.HistoryLimit);
        Operations = new ObjectOperations(Store, new ServiceAddresses(Store), time);
        NotEnforced = new NotEnforcedList(logger);
        Applier = new ManifestApplier(Operations, NotEnforced);
        Identities = new Identities(time);
        _certificates = ClusterCertificates.Create(time);
        Files = new AccessFiles(_options.DataDirectory, Identities, _certificates.AuthorityPem);
        Runtime = _options.RunProcesses ? new ProcessRuntime(time) : new SimulatedRuntime(time);
        EventRecorder events = new(Store, time);
        ServiceNames serviceNames = new(Store, Files, () => Kubelet!.Addresses, _options.RunProcesses);
        KubeletContext context = new(
            Runtime, _options.RunProcesses ? _options.Images : null, _options.PodEnvironment, Files, serviceNames, events, time, logger);
        Kubelet = new Kubelet(Store, context);
        _forwarder = new ServiceForwarder(Store, _options.Forwards, _options.RunProcesses, serviceNames, events, NotEnforced, time, logger);
        Slices = new EndpointSliceController(Operations, events);
        _controllers = new ControllerLoop(
            Store,
            [
                // Slices first: the change of a pod is published before other changes follow from it.
                Slices,
                new NamespaceController(Operations, _certificates.AuthorityPem),
                new GarbageCollector(Operations),
                new Scheduler(Store, events, time),
                new StatefulSetController(Operations, events, time),
                new DaemonSetController(Operations, events, time),
                new DeploymentController(Operations, events, time),
                new ReplicaSetController(Operations, events, time),
                new DisruptionController(Store, events, time),
                Kubelet, serviceNames, _forwarder,
            ],
            time,
            logger);
        NodeFaults = new NodeFaults(Operations, Kubelet, time);
        Observer = new PodObserver(Store, Kubelet.ProcessOf);
        Troubles = new TroubleList(Store);
        TableWriter tables = new(time);
        Watches = new WatchHandler(Store, tables, names, time, _options.BookmarkInterval);
        Faults = new LocalClusterFaults(this);
        _faultHandler = new FaultHandler(Faults, time, logger);
        Authorizer authorizer = new(Store, _options.EnforceRbac);
        RequestHandler handler = new(
            Identities,
            authorizer,
            new ListHandler(Store, tables),
            Watches,
            new WriteHandler(Operations, new PodEviction(Operations, time)),
            new PodLogs(Kubelet, time),
            new ExecHandler(Store, new PodExec(Kubelet, Runtime), time),
            new PortForwardHandler(Store, Kubelet, time, logger),
            Store,
            new ObjectRules(Store),
            tables,
            _faultHandler,
            Refusal,
            new AccessReview(Store, Identities, authorizer),
            new ServiceAccountTokens(Store, Identities, time),
            logger);
        Api = new ApiServer(_certificates, handler, Gate, NullLoggerFactory.Instance);
    }

    public Uri Server { get; private set; } = null!;
    public ObjectStore Store { get; }
    public ObjectOperations Operations { get; }
    public NotEnforcedList NotEnforced { get; }
    public ManifestApplier Applier { get; }
    public Identities Identities { get; }
    public AccessFiles Files { get; }
    public IContainerRuntime Runtime { get; }
    public Kubelet Kubelet { get; }
    public NodeFaults NodeFaults { get; }
    public EndpointSliceController Slices { get; }
    public PodObserver Observer { get; }
    public TroubleList Troubles { get; }
    public WatchHandler Watches { get; }
    public TransportGate Gate { get; } = new();
    public Refusal Refusal { get; } = new();
    public ApiServer Api { get; }
    public LocalClusterFaults Faults { get; }

    public static async Task<ClusterParts> StartAsync(LocalClusterOptions options, CancellationToken cancellationToken)
    {
        if (string.Join(' ', options.FindFaults()) is { Length: > 0 } faults)
            throw new LocalClusterException(faults);
        ClusterParts parts = new(options);
        try
        {
            await parts.BeginAsync(cancellationToken).ConfigureAwait(false);
            return parts;
        }
        catch
        {
            await parts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _faultHandler.DisposeAsync().ConfigureAwait(false);
        Gate.Open();
        NodeFaults.Dispose();
        await _controllers.DisposeAsync().ConfigureAwait(false);
        await _forwarder.DisposeAsync().ConfigureAwait(false);
        // A simulated pod has nothing to finish.
        await Kubelet.StopAsync(_options.RunProcesses ? s_endGrace : TimeSpan.Zero).ConfigureAwait(false);
        await Kubelet.DisposeAsync().ConfigureAwait(false);
        await Runtime.DisposeAsync().ConfigureAwait(false);
        await Api.DisposeAsync().ConfigureAwait(false);
        _certificates.Dispose();
        Files.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (string name in (string[])["default", "kube-node-lease", "kube-system"])
            Operations.Create(KindTable.Namespace, null, KindTable.Namespace.NewObject(null, name));
        await Api.StartAsync(_options.Port, cancellationToken).ConfigureAwait(false);
        Server = new UriBuilder("https", "127.0.0.1", Api.Port).Uri;
        Files.Begin(Server);
        for (int i = 0; i < _options.Nodes; i++)
        {
            StoredObject node = Store.Create(KindTable.Node, NodeObjects.New(i, _options.ExternalAddresses, _options.TimeProvider));
            Store.Create(KindTable.Lease, NodeObjects.Lease(node, _options.TimeProvider));
        }

        Kubelet.Start(Server.Port);
        _forwarder.Converge();
        _controllers.Start();
        Log.Listening(_loggers.CreateLogger("Berth.LocalCluster"), Server);
        foreach (string text in _options.Manifests)
            Applier.Apply(text, "default", "a manifest");
    }
}
