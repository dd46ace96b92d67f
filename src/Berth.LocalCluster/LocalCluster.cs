using System.Runtime.CompilerServices;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster;

/// <summary>
/// A Kubernetes cluster inside this process: an API server on loopback that kubectl and any client library can use, controllers,
/// and pods that are processes of this machine. Disposal ends every process and removes what it wrote.
/// </summary>
#pragma warning disable MA0049 // Room and type carry the same name by design.
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly ClusterParts _parts;

    private LocalCluster(ClusterParts parts) => _parts = parts;

    /// <summary>Address of the API: https, 127.0.0.1.</summary>
    public Uri Server => _parts.Server;

    /// <summary>The administrator's kubeconfig, as text.</summary>
    public string Kubeconfig => _parts.Files.AdministratorKubeconfig;

    /// <summary>Path of the file that holds <see cref="Kubeconfig"/>; readable by this user only.</summary>
    public string KubeconfigPath => _parts.Files.AdministratorPath;

    /// <summary>The fields of manifests that a process cannot give, one line a field, in the order first met.</summary>
    public IReadOnlyList<string> NotEnforced => _parts.NotEnforced.Lines;

    /// <summary>Faults to inject.</summary>
    public LocalClusterFaults Faults => _parts.Faults;

    /// <summary>Every pod now, ordered by namespace and name (numbers in names by value).</summary>
    public IReadOnlyList<PodSummary> Pods => _parts.Observer.Read();

    /// <summary>The objects that are not as their manifests want them now, with the reasons: sets first, then pods.</summary>
    public IReadOnlyList<ClusterTrouble> Troubles => _parts.Troubles.Read();

    /// <summary>
    /// Starts a cluster and applies the manifests of the options. Pods come up after it returns: follow <see
    /// cref="WatchPodsAsync"/>.
    /// </summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The running cluster.</returns>
    /// <exception cref="LocalClusterException">An option is out of range, the port is taken, or a manifest is not accepted.</exception>
    public static async Task<LocalCluster> StartAsync(LocalClusterOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await ClusterParts.StartAsync(options ?? new(), cancellationToken).ConfigureAwait(false));

    /// <summary>Applies manifests: creates what is new, merges into what is there, as kubectl apply does.</summary>
    /// <param name="manifests">YAML or JSON, one or more documents.</param>
    /// <param name="defaultNamespace">Namespace of objects that name none. Default <c>default</c>.</param>
    /// <param name="origin">Where the text is from, such as its file: error messages begin with it.</param>
    /// <exception cref="LocalClusterException">The text is not YAML, or an object is refused; the message says which and why.</exception>
    public void Apply(string manifests, string defaultNamespace = "default", string origin = "the manifest") =>
        _parts.Applier.Apply(manifests, defaultNamespace, origin);

    /// <summary>
    /// Applies the manifests of several files as one: namespaces first over all of them, and nothing at all where one cannot be read.
    /// </summary>
    /// <param name="manifests">Texts of YAML or JSON, and where each is from.</param>
    /// <param name="defaultNamespace">Namespace of objects that name none. Default <c>default</c>.</param>
    /// <param name="skipUnknownKinds">Whether objects of kinds that are not here are passed over. Default: they are refused, all in one
    /// message.</param>
    /// <returns>How many objects were applied, and which were passed over.</returns>
    /// <exception cref="LocalClusterException">A text is not YAML, or an object is refused; the message says which and why.</exception>
    public ApplyResult Apply(
        IEnumerable<(string Text, string Origin)> manifests, string defaultNamespace = "default", bool skipUnknownKinds = false) =>
        _parts.Applier.Apply(manifests, defaultNamespace, skipUnknownKinds);

    /// <summary>The pods, whole, now and after every change to any of them; changes in quick succession are seen as one.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>Each time every pod, ordered as <see cref="Pods"/>.</returns>
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

    /// <summary>Waits until the pods fulfil a condition.</summary>
    /// <param name="condition">Called with all pods, now and after each change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The pods that fulfilled it.</returns>
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

    /// <summary>Sets the number of replicas.</summary>
    /// <param name="kind">StatefulSet, Deployment or ReplicaSet, by any name kubectl takes (<c>sts</c>).</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="replicas">0 or more.</param>
    /// <exception cref="LocalClusterException">It is not there, or cannot be scaled.</exception>
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

    /// <summary>An object as the API answers it.</summary>
    /// <param name="kind">Any kind, by any name kubectl takes.</param>
    /// <param name="namespace">Its namespace; null for kinds without one.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its JSON, or null when it is not there.</returns>
    public string? Get(string kind, string? @namespace, string name) =>
        _parts.Store.Find(Known(kind), @namespace, name)?.Body.ToJsonString();

    /// <summary>A kubeconfig of a service account, for a client that shall have its rights.</summary>
    /// <param name="namespace">The service account's namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <returns>Path of the file.</returns>
    public string ServiceAccountKubeconfig(string @namespace, string name) => _parts.Files.PathFor(@namespace, name);

    /// <summary>Ends every process, closes the API and removes what was written.</summary>
    /// <returns>Completes when nothing is left.</returns>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private ResourceKind Known(string kind) => _parts.Store.Kinds.ByAnyName(kind)
        ?? throw new LocalClusterException(
            $"The local cluster has no kind {kind}. It has {string.Join(", ", _parts.Store.Kinds.All.Select(known => known.Kind))}.");
}
