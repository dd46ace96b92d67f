using System.Security.Cryptography;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Api;
using Berth.LocalCluster.Controllers;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Manifests;
using Berth.LocalCluster.Runtime;
using Berth.LocalCluster.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.LocalCluster;

/// <summary>Puts the parts of a cluster together and takes them apart again, in that order and in reverse.</summary>
internal sealed class ClusterParts : IAsyncDisposable
{
    /// <summary>How long pods may take to end when the cluster does; less than theirs, since nobody is left who waits for what they still do.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly LocalClusterOptions options;
    private readonly ClusterCertificates certificates;
    private readonly ILoggerFactory loggers;
    private readonly ControllerLoop controllers;
    private readonly ServiceForwarder forwarder;
    private readonly FaultHandler faultHandler;

    private ClusterParts(LocalClusterOptions options)
    {
        this.options = options;
        loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        ILogger logger = loggers.CreateLogger("Berth.LocalCluster");
        TimeProvider time = options.TimeProvider;
        var names = new NameGenerator(options.Random ?? new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        Store = new ObjectStore(time, names, options.HistoryLimit);
        Operations = new ObjectOperations(Store, new ServiceAddresses(Store), time);
        NotEnforced = new NotEnforcedList(logger);
        Applier = new ManifestApplier(Operations, NotEnforced);
        Identities = new Identities();
        certificates = ClusterCertificates.Create(time);
        Files = new AccessFiles(options.DataDirectory, Identities, certificates.AuthorityPem);
        Runtime = options.RunProcesses ? new ProcessRuntime(time) : new SimulatedRuntime();
        var events = new EventRecorder(Store, time);
        Kubelet = new Kubelet(Store, new KubeletContext(Runtime, options.RunProcesses ? options.Images : null, options.PodEnvironment, Files, events, time, logger));
        controllers = new ControllerLoop(
            Store,
            [
                new NamespaceController(Operations), new GarbageCollector(Operations), new Scheduler(Store, events, time), new StatefulSetController(Operations, events),
                new DeploymentController(Operations, events, time), new ReplicaSetController(Operations, events), new EndpointSliceController(Operations),
            ],
            time,
            logger);
        NodeFaults = new NodeFaults(Operations, Kubelet, time);
        forwarder = new ServiceForwarder(Store, options.Forwards, options.RunProcesses, events, NotEnforced);
        Observer = new PodObserver(Store, Kubelet.ProcessOf);
        var tables = new TableWriter(time);
        Watches = new WatchHandler(Store, tables, names, time, options.BookmarkInterval);
        Faults = new LocalClusterFaults(this);
        faultHandler = new FaultHandler(Faults, time);
        var handler = new RequestHandler(
            Identities, new Authorizer(Store, options.EnforceRbac), new ListHandler(Store, tables), Watches, new WriteHandler(Operations), new PodLogs(Kubelet, time), Store, tables, faultHandler, logger);
        Api = new ApiServer(certificates, handler, Gate, NullLoggerFactory.Instance);
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

    public PodObserver Observer { get; }

    public WatchHandler Watches { get; }

    public TransportGate Gate { get; } = new();

    public ApiServer Api { get; }

    public LocalClusterFaults Faults { get; }

    public static async Task<ClusterParts> StartAsync(LocalClusterOptions options, CancellationToken cancellationToken)
    {
        Check(options);
        var parts = new ClusterParts(options);
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
        await faultHandler.DisposeAsync().ConfigureAwait(false);
        Gate.Open();
        await forwarder.DisposeAsync().ConfigureAwait(false);
        await NodeFaults.DisposeAsync().ConfigureAwait(false);
        await controllers.DisposeAsync().ConfigureAwait(false);
        await Kubelet.StopAsync(EndGrace).ConfigureAwait(false);
        await Kubelet.DisposeAsync().ConfigureAwait(false);
        await Runtime.DisposeAsync().ConfigureAwait(false);
        await Api.DisposeAsync().ConfigureAwait(false);
        certificates.Dispose();
        Files.Dispose();
    }

    private static void Check(LocalClusterOptions options)
    {
        List<string> faults = [];
        void Require(bool good, string fault)
        {
            if (!good)
                faults.Add(fault);
        }

        Require(options.Port is >= 0 and <= 65535, $"Port is {options.Port}; it must be 0 to 65535.");
        Require(options.Nodes is >= 1 and <= 50, $"Nodes is {options.Nodes}; it must be 1 to 50.");
        Require(options.HistoryLimit >= 1, $"HistoryLimit is {options.HistoryLimit}; it must be 1 or more.");
        Require(options.BookmarkInterval > TimeSpan.Zero, $"BookmarkInterval is {options.BookmarkInterval}; it must be above zero.");
        foreach (ServiceForward forward in options.Forwards)
            Require(forward.LocalPort is >= 1 and <= 65535, $"A forward to {forward.Namespace}/{forward.Service} has the local port {forward.LocalPort}; it must be 1 to 65535.");
        if (faults.Count > 0)
            throw new LocalClusterException(string.Join(' ', faults));
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (string name in (string[])["default", "kube-node-lease", "kube-system"])
            Operations.Create(KindTable.Namespace, null, KindTable.Namespace.NewObject(null, name));
        await Api.StartAsync(options.Port, cancellationToken).ConfigureAwait(false);
        Server = new UriBuilder("https", "127.0.0.1", Api.Port).Uri;
        Files.Begin(Server);
        for (int i = 0; i < options.Nodes; i++)
        {
            StoredObject node = Store.Create(KindTable.Node, NodeObjects.New(i, options.ExternalAddresses, options.TimeProvider));
            Store.Create(KindTable.Lease, NodeObjects.Lease(node, options.TimeProvider));
        }

        controllers.Start();
        Kubelet.Start(Server.Port);
        forwarder.Start();
        Log.Listening(loggers.CreateLogger("Berth.LocalCluster"), Server);
        foreach (string text in options.Manifests)
            Applier.Apply(text, "default", "a manifest");
        foreach (string path in options.ManifestPaths)
        {
            foreach ((string text, string origin) in ManifestFiles.Read(path))
                Applier.Apply(text, "default", origin);
        }
    }
}
