using Berth.LocalCluster.Api;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster;

/// <summary>Faults on demand, each as a real cluster shows it.</summary>
public sealed class LocalClusterFaults : IClusterFaults
{
    private readonly ClusterParts _parts;

    internal LocalClusterFaults(ClusterParts parts) => _parts = parts;

    /// <summary>Ends every running watch cleanly. Clients watch again from where they were.</summary>
    public void DropWatches() => _parts.Watches.DropAll();

    /// <summary>Forgets the history: a watch or page from an older version is answered with 410.</summary>
    public void Compact() => _parts.Store.Compact();

    /// <summary>
    /// Stops listening: connections are cut and new ones refused, until <see cref="RestoreApiAsync"/>. Pods and controllers go
    /// on.
    /// </summary>
    /// <returns>Completes when nothing listens.</returns>
    public Task CutApiAsync() => _parts.Api.StopAsync();

    /// <summary>Listens again, on the same port.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it listens.</returns>
    public Task RestoreApiAsync(CancellationToken cancellationToken = default) =>
        _parts.Api.StartAsync(_parts.Server.Port, cancellationToken);

    /// <summary>The API goes silent: connections stay open, nothing is answered, until <see cref="ResumeApi"/>.</summary>
    public void PauseApi() => _parts.Gate.Close();

    /// <summary>The API answers again.</summary>
    public void ResumeApi() => _parts.Gate.Open();

    /// <summary>
    /// Answers every request with an error, until <see cref="AcceptRequests"/>. Running watches go on: a server that is overloaded
    /// refuses new requests.
    /// </summary>
    /// <param name="code">401, 403, 429, 500, 503 or 504, with the words of a real API server.</param>
    /// <param name="retryAfter">The header Retry-After and <c>retryAfterSeconds</c>, in whole seconds; null for none.</param>
    /// <exception cref="LocalClusterException">A value is out of range.</exception>
    public void RefuseRequests(int code, TimeSpan? retryAfter = null) => _parts.Refusal.Begin(code, retryAfter);

    /// <summary>Requests are answered as usual again.</summary>
    public void AcceptRequests() => _parts.Refusal.End();

    /// <summary>
    /// Takes the readiness of a pod away, or gives it back, as a readiness probe does that fails or succeeds again. A restart of its
    /// containers keeps it; a pod that is created again under the name is ready by its own probes.
    /// </summary>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="ready">False: not ready, whatever its probes say. True: as its probes say.</param>
    /// <exception cref="LocalClusterException">There is no such pod, or it is on no node yet.</exception>
    public void SetPodReady(string @namespace, string name, bool ready) => ApiException.Translate(() =>
    {
        StoredObject pod = _parts.Store.Get(KindTable.Pod, @namespace, name);
        if (_parts.Kubelet.Find(pod.Uid) is not { } worker)
            throw new LocalClusterException($"Pod {@namespace}/{name} is on no node at the moment. Wait for it to run, and try again.");
        worker.SetReady(ready);
    });

    /// <summary>Kills the processes of a pod (SIGKILL). Its containers are restarted, as after any crash.</summary>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <exception cref="LocalClusterException">There is no such pod, or nothing of it runs.</exception>
    public void KillPod(string @namespace, string name) => ApiException.Translate(() =>
    {
        StoredObject pod = _parts.Store.Get(KindTable.Pod, @namespace, name);
        if (_parts.Kubelet.Find(pod.Uid) is not { } worker || !worker.KillContainers())
            throw new LocalClusterException($"Nothing of pod {@namespace}/{name} runs at the moment, so nothing can be killed.");
    });

    /// <summary>
    /// Takes a node away: its processes end at once, nothing on it is started or reported any more. The node is NotReady and
    /// its pods are not ready; after 300 s they are evicted.
    /// </summary>
    /// <param name="name">The node's name: <c>node-0</c>.</param>
    /// <exception cref="LocalClusterException">There is no such node.</exception>
    public void StopNode(string name) => ApiException.Translate(() => _parts.NodeFaults.Stop(name));

    /// <summary>Brings a stopped node back: its pods' containers are started again.</summary>
    /// <param name="name">The node's name.</param>
    /// <exception cref="LocalClusterException">There is no such node.</exception>
    public void StartNode(string name) => ApiException.Translate(() => _parts.NodeFaults.Start(name));

    /// <summary>Makes every service account token invalid (401). Fresh tokens are written into the token files that pods read.</summary>
    public void ExpireTokens()
    {
        _parts.Identities.ExpireServiceAccounts();
        _parts.Files.Rewrite();
    }
}
