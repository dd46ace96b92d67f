using System.Globalization;
using Berth.LocalCluster;
using Berth.Testing.Manifests;
using Berth.Testing.Ports;
using Cluster = Berth.LocalCluster.LocalCluster;

namespace Berth.Testing;

/// <summary>
/// A Kubernetes cluster for tests, inside this process: an API server on a free port of loopback, controllers, and pods without processes:
/// the test listens at their ports. Disposal ends all of it.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly Lock _lock = new();
    private readonly List<PortBlock> _ports = [];

    private TestCluster(Cluster cluster) => _cluster = cluster;

    /// <summary>Address of the API: https, 127.0.0.1.</summary>
    public Uri Server => _cluster.Server;

    /// <summary>The administrator's kubeconfig, as text.</summary>
    public string Kubeconfig => _cluster.Kubeconfig;

    /// <summary>Path of the file that holds <see cref="Kubeconfig"/>; readable by this user only, removed on disposal.</summary>
    public string KubeconfigPath => _cluster.KubeconfigPath;

    /// <summary>Faults to inject: the API is cut, silent, overloaded; watches end; the history is forgotten; nodes stop.</summary>
    public LocalClusterFaults Faults => _cluster.Faults;

    /// <summary>Every pod now, ordered by namespace and name (numbers in names by value).</summary>
    public IReadOnlyList<PodSummary> Pods => _cluster.Pods;

    /// <summary>Starts a cluster and applies the manifests of the options.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The running cluster.</returns>
    /// <exception cref="LocalClusterException">An option is out of range, or a manifest is refused.</exception>
    public static async Task<TestCluster> StartAsync(TestClusterOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await Cluster.StartAsync((options ?? new()).ToLocal(), cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Adds a StatefulSet on the host network, with its headless Service and, where it is missing, its namespace, and waits until its
    /// pods are ready, also in the EndpointSlices. A set that is there already is changed.
    /// </summary>
    /// <param name="namespace">The namespace.</param>
    /// <param name="name">The name of the StatefulSet and of its Service.</param>
    /// <param name="replicas">The number of pods, 0 or more. Default 1.</param>
    /// <param name="basePort">
    /// The port of ordinal 0, 1 to 65535. Null, the default, takes 49 ports in a row that are free on 127.0.0.1 and that no other test
    /// cluster of this machine takes before this one is disposed of.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The set, with its ports.</returns>
    /// <exception cref="LocalClusterException">A value is out of range, or the API refuses it.</exception>
    public async Task<TestStatefulSet> AddStatefulSetAsync(
        string @namespace, string name, int replicas = 1, int? basePort = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(@namespace);
        ArgumentException.ThrowIfNullOrEmpty(name);
        TestStatefulSet set = new(_cluster, @namespace, name, CheckPort(basePort) ?? TakePorts(), ownsPorts: basePort is null);
        set.CheckReplicas(replicas);
        _cluster.Apply(StatefulSetManifest.Write(@namespace, name, replicas, set.BasePort), @namespace, $"the set {name}");
        await set.WaitUntilReadyAsync(replicas, cancellationToken).ConfigureAwait(false);
        return set;
    }

    /// <summary>A StatefulSet that came from manifests.</summary>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="basePort">The port of ordinal 0, 1 to 65535, as the program under test computes it.</param>
    /// <returns>The set.</returns>
    /// <exception cref="LocalClusterException">There is no such set, or the port is out of range.</exception>
    public TestStatefulSet GetStatefulSet(string @namespace, string name, int basePort) => Get("StatefulSet", @namespace, name) is null
        ? throw new LocalClusterException($"There is no StatefulSet {@namespace}/{name}. Apply its manifest first.")
        : new TestStatefulSet(_cluster, @namespace, name, CheckPort(basePort)!.Value, ownsPorts: false);

    /// <summary>
    /// Takes 49 ports in a row that are free on 127.0.0.1, for manifests or pods of one's own. No other test cluster of this machine
    /// takes them before this one is disposed of.
    /// </summary>
    /// <returns>The first of them.</returns>
    /// <exception cref="LocalClusterException">No such run of ports is free.</exception>
    public int TakePorts()
    {
        PortBlock block = PortBlock.Take(Server.Port);
        lock (_lock)
            _ports.Add(block);
        return block.First;
    }

    /// <summary>Applies manifests: creates new objects and merges into those that exist, as kubectl apply does.</summary>
    /// <param name="manifests">YAML or JSON, one or more documents.</param>
    /// <param name="defaultNamespace">Namespace of objects that name none. Default <c>default</c>.</param>
    /// <exception cref="LocalClusterException">The text is not YAML, or an object is refused; the message says which and why.</exception>
    public void Apply(string manifests, string defaultNamespace = "default") => _cluster.Apply(manifests, defaultNamespace);

    /// <summary>Applies the manifests of a file.</summary>
    /// <param name="path">The file: YAML or JSON.</param>
    /// <param name="defaultNamespace">Namespace of objects that name none. Default <c>default</c>.</param>
    /// <exception cref="LocalClusterException">The text is not YAML, or an object is refused; the message says which and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void ApplyFile(string path, string defaultNamespace = "default") =>
        _cluster.Apply(File.ReadAllText(path), defaultNamespace, path);

    /// <summary>Waits until the pods fulfil a condition.</summary>
    /// <param name="condition">Called with all pods, now and after each change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The pods that fulfilled it.</returns>
    public Task<IReadOnlyList<PodSummary>> WaitForPodsAsync(
        Func<IReadOnlyList<PodSummary>, bool> condition, CancellationToken cancellationToken = default) =>
        _cluster.WaitForPodsAsync(condition, cancellationToken);

    /// <summary>Returns an object as the API answers it.</summary>
    /// <param name="kind">Any kind, by any name that kubectl takes: <c>sts</c>.</param>
    /// <param name="namespace">Its namespace; null for kinds without one.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its JSON, or null when it is not there.</returns>
    /// <exception cref="LocalClusterException">There is no such kind.</exception>
    public string? Get(string kind, string? @namespace, string name) => _cluster.Get(kind, @namespace, name);

    /// <summary>Deletes an object as kubectl delete does, without waiting for its end.</summary>
    /// <param name="kind">Any kind, by any name that kubectl takes: <c>sts</c>.</param>
    /// <param name="namespace">Its namespace; null for kinds without one.</param>
    /// <param name="name">Its name.</param>
    /// <param name="gracePeriodSeconds">For pods: seconds to end in, 0 to remove it at once. Default: the pod's own.</param>
    /// <exception cref="LocalClusterException">It is not there.</exception>
    public void Delete(string kind, string? @namespace, string name, int? gracePeriodSeconds = null) =>
        _cluster.Delete(kind, @namespace, name, gracePeriodSeconds);

    /// <summary>A kubeconfig of a service account, for a client that is to have its rights.</summary>
    /// <param name="namespace">The namespace of the service account.</param>
    /// <param name="name">The name of the service account.</param>
    /// <returns>Path of the file, which is removed on disposal.</returns>
    public string ServiceAccountKubeconfig(string @namespace, string name) => _cluster.ServiceAccountKubeconfig(@namespace, name);

    /// <summary>Closes the API, frees the ports and removes the files.</summary>
    /// <returns>Completes when nothing is left.</returns>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _ports.ForEach(static block => block.Dispose());
            _ports.Clear();
        }
    }

    private static int? CheckPort(int? port) => port is null or (>= 1 and <= 65535)
        ? port
        : throw new LocalClusterException(string.Create(CultureInfo.InvariantCulture, $"The base port is {port}. Give 1 to 65535."));
}
