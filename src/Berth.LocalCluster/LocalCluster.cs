using System.Runtime.CompilerServices;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster;

/// <summary>
/// A Kubernetes cluster inside this process: an API server on loopback that kubectl and any client library can use, controllers,
/// and pods that are processes of this machine. Disposal ends every process and removes all files that the cluster wrote.
/// </summary>
#pragma warning disable MA0049 // Room and type carry the same name by design.
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly ClusterParts _parts;

    private LocalCluster(ClusterParts parts) => _parts = parts;

    /// <summary>The address of the API: https, on 127.0.0.1.</summary>
    public Uri Server => _parts.Server;

    /// <summary>The administrator's kubeconfig, as text.</summary>
    public string Kubeconfig => _parts.Files.AdministratorKubeconfig;

    /// <summary>The path of the file with <see cref="Kubeconfig"/>. Only this user can read it.</summary>
    public string KubeconfigPath => _parts.Files.AdministratorPath;

    /// <summary>
    /// The fields of manifests that the cluster does not enforce for processes: one line for each, in order of their first use.
    /// </summary>
    public IReadOnlyList<string> NotEnforced => _parts.NotEnforced.Lines;

    /// <summary>The faults that can be injected.</summary>
    public LocalClusterFaults Faults => _parts.Faults;

    /// <summary>All current pods, ordered by namespace and name (numbers in names by value).</summary>
    public IReadOnlyList<PodSummary> Pods => _parts.Observer.Read();

    /// <summary>The objects that do not match their manifests now, with the reasons: sets first, then pods.</summary>
    public IReadOnlyList<ClusterTrouble> Troubles => _parts.Troubles.Read();

    /// <summary>
    /// Starts a cluster and applies the manifests of the options. Pods come up after it returns: follow <see
    /// cref="WatchPodsAsync"/>.
    /// </summary>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The running cluster.</returns>
    /// <exception cref="LocalClusterException">An option is out of range, the port is taken, or a manifest is not accepted.</exception>
    public static async Task<LocalCluster> StartAsync(LocalClusterOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await ClusterParts.StartAsync(options ?? new(), cancellationToken).ConfigureAwait(false));

    /// <summary>Applies manifests as kubectl apply does: creates new objects, and merges into existing ones.</summary>
    /// <param name="manifests">YAML or JSON, one or more documents.</param>
    /// <param name="defaultNamespace">The namespace of objects that state none. Default <c>default</c>.</param>
    /// <param name="origin">The origin of the text, such as its file. Error messages begin with it.</param>
    /// <exception cref="LocalClusterException">
    /// The text is not YAML, or an object is refused. The message names it and the reason.
    /// </exception>
    public void Apply(string manifests, string defaultNamespace = "default", string origin = "the manifest") =>
        _parts.Applier.Apply(manifests, defaultNamespace, origin);

    /// <summary>
    /// Applies the manifests of several files as one, with all namespaces first. If one file cannot be read, nothing is applied.
    /// </summary>
    /// <param name="manifests">The texts in YAML or JSON, each with its origin.</param>
    /// <param name="defaultNamespace">The namespace of objects that state none. Default <c>default</c>.</param>
    /// <param name="skipUnknownKinds">True to skip objects of unknown kinds. Default: they are refused, all in one message.</param>
    /// <returns>The number of applied objects, and the skipped ones.</returns>
    /// <exception cref="LocalClusterException">
    /// A text is not YAML, or an object is refused. The message names it and the reason.
    /// </exception>
    public ApplyResult Apply(
        IEnumerable<(string Text, string Origin)> manifests, string defaultNamespace = "default", bool skipUnknownKinds = false) =>
        _parts.Applier.Apply(manifests, defaultNamespace, skipUnknownKinds);

    /// <summary>Returns all pods now, and again after every change of a pod. Quick changes may be combined.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>All pods each time, in the order of <see cref="Pods"/>.</returns>
    public async IAsyncEnumerable<IReadOnlyList<PodSummary>> WatchPodsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<PodSummary>? last = null;
        while (true)
        {
            long version = _parts.Store.Version;
            IReadOnlyList<PodSummary> pods = _parts.Observer.Read();
            if (last is null || !PodObserver.Same(last, pods))
            {
                last = pods;
                yield return pods;
            }

            await _parts.Store.WaitAsync(version, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the pods meet a condition.</summary>
    /// <param name="condition">Called with all pods, now and after each change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The pods that met it.</returns>
    public async Task<IReadOnlyList<PodSummary>> WaitForPodsAsync(
        Func<IReadOnlyList<PodSummary>, bool> condition, CancellationToken cancellationToken = default)
    {
        await foreach (IReadOnlyList<PodSummary> pods in WatchPodsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (condition(pods))
                return pods;
        }

        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>
    /// Waits until the EndpointSlices of a Service show the pods that it selects as they are now. A change of a pod is in them a moment
    /// later, as in every cluster.
    /// </summary>
    /// <param name="namespace">The Service's namespace.</param>
    /// <param name="service">Its name. If it does not exist, or has no selector, there is nothing to wait for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when they do.</returns>
    public async Task WaitForSlicesAsync(string @namespace, string service, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            long version = _parts.Store.Version;
            if (_parts.Slices.IsCurrent(@namespace, service))
                return;
            await _parts.Store.WaitAsync(version, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sets the number of replicas.</summary>
    /// <param name="kind">StatefulSet, Deployment or ReplicaSet, by any name that kubectl knows (<c>sts</c>).</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="replicas">0 or more.</param>
    /// <exception cref="LocalClusterException">The object does not exist, or cannot be scaled.</exception>
    public void Scale(string kind, string @namespace, string name, int replicas) => ApiException.Translate(() =>
    {
        ResourceKind known = Known(kind);
        if (!known.HasScale)
            throw new LocalClusterException($"A {known.Kind} cannot be scaled. StatefulSets, Deployments and ReplicaSets can.");
        _parts.Operations.Update(known, @namespace, name, body =>
        {
            body.Child("spec")["replicas"] = replicas;
            return body;
        });
    });

    /// <summary>Deletes an object as kubectl delete does, without waiting for its end.</summary>
    /// <param name="kind">Any kind, by any name kubectl takes.</param>
    /// <param name="namespace">Its namespace; null for kinds without one.</param>
    /// <param name="name">Its name.</param>
    /// <param name="gracePeriodSeconds">For pods: seconds to end in, 0 to remove it at once. Default: the pod's own.</param>
    /// <exception cref="LocalClusterException">It is not there.</exception>
    public void Delete(string kind, string? @namespace, string name, int? gracePeriodSeconds = null) =>
        ApiException.Translate(() => _parts.Operations.Delete(Known(kind), @namespace, name, new DeleteOptions(gracePeriodSeconds)));

    /// <summary>Returns an object as the API shows it.</summary>
    /// <param name="kind">Any kind, by any name kubectl takes.</param>
    /// <param name="namespace">Its namespace; null for kinds without one.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its JSON, or null when it does not exist.</returns>
    public string? Get(string kind, string? @namespace, string name) =>
        _parts.Store.Find(Known(kind), @namespace, name)?.Body.ToJsonString();

    /// <summary>Writes a kubeconfig of a service account, for a client with its rights.</summary>
    /// <param name="namespace">The service account's namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <returns>The path of the file.</returns>
    public string ServiceAccountKubeconfig(string @namespace, string name) => _parts.Files.PathFor(@namespace, name);

    /// <summary>Ends every process, closes the API and removes all files that the cluster wrote.</summary>
    /// <returns>Completes when this is done.</returns>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private ResourceKind Known(string kind) => _parts.Store.Kinds.ByAnyName(kind)
        ?? throw new LocalClusterException(
            $"The local cluster has no kind {kind}. It has {string.Join(", ", _parts.Store.Kinds.All.Select(known => known.Kind))}.");
}
