using Berth.LocalCluster.Api;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster;

/// <summary>Injects faults, each with the effect that it has in a real cluster.</summary>
public sealed class LocalClusterFaults : IClusterFaults
{
    private readonly ClusterParts _parts;

    internal LocalClusterFaults(ClusterParts parts) => _parts = parts;

    /// <summary>Ends every running watch cleanly. Clients watch again from their last version.</summary>
    public void DropWatches() => _parts.Watches.DropAll();

    /// <summary>Drops the history. A watch or page from an older version is answered with 410.</summary>
    public void Compact() => _parts.Store.Compact();

    /// <summary>
    /// Stops listening until <see cref="RestoreApiAsync"/>: connections are cut, and new ones refused. Pods and controllers continue.
    /// </summary>
    /// <returns>Completes when the API no longer listens.</returns>
    public Task CutApiAsync() => _parts.Api.StopAsync();

    /// <summary>Listens on the same port again.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when the API listens.</returns>
    public Task RestoreApiAsync(CancellationToken cancellationToken = default) =>
        _parts.Api.StartAsync(_parts.Server.Port, cancellationToken);

    /// <summary>Makes the API silent until <see cref="ResumeApi"/>: connections stay open, and no request is answered.</summary>
    public void PauseApi() => _parts.Gate.Close();

    /// <summary>Makes the API answer again.</summary>
    public void ResumeApi() => _parts.Gate.Open();

    /// <summary>
    /// Answers every request with an error until <see cref="AcceptRequests"/>. Running watches continue, because an overloaded server
    /// refuses only new requests.
    /// </summary>
    /// <param name="code">401, 403, 429, 500, 503 or 504, with the words of a real API server.</param>
    /// <param name="retryAfter">The header Retry-After and <c>retryAfterSeconds</c>, in whole seconds; null for none.</param>
    /// <exception cref="LocalClusterException">A value is out of range.</exception>
    public void RefuseRequests(int code, TimeSpan? retryAfter = null) => _parts.Refusal.Begin(code, retryAfter);

    /// <summary>Answers requests as usual again.</summary>
    public void AcceptRequests() => _parts.Refusal.End();

    /// <summary>
    /// Makes a pod not ready, or ready again, like a readiness probe that fails or succeeds. A restart of its containers does not change
    /// it. A new pod of the same name follows its own probes.
    /// </summary>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="ready">False: the pod is not ready, even if its probes succeed. True: the pod follows its probes.</param>
    /// <exception cref="LocalClusterException">There is no such pod, or it has no node yet.</exception>
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
    /// <exception cref="LocalClusterException">There is no such pod, or none of its processes runs.</exception>
    public void KillPod(string @namespace, string name) => ApiException.Translate(() =>
    {
        StoredObject pod = _parts.Store.Get(KindTable.Pod, @namespace, name);
        if (_parts.Kubelet.Find(pod.Uid) is not { } worker || !worker.KillContainers())
            throw new LocalClusterException($"Nothing of pod {@namespace}/{name} runs at the moment, so nothing can be killed.");
    });

    /// <summary>
    /// Stops a node. Its processes end at once, and nothing on it is started or reported. The node is NotReady and its pods are not ready;
    /// after 300 s they are evicted.
    /// </summary>
    /// <param name="name">The node's name: <c>node-0</c>.</param>
    /// <exception cref="LocalClusterException">There is no such node.</exception>
    public void StopNode(string name) => ApiException.Translate(() => _parts.NodeFaults.Stop(name));

    /// <summary>Starts a stopped node again, with the containers of its pods.</summary>
    /// <param name="name">The node's name.</param>
    /// <exception cref="LocalClusterException">There is no such node.</exception>
    public void StartNode(string name) => ApiException.Translate(() => _parts.NodeFaults.Start(name));

    /// <summary>Makes every service account token invalid (401), and writes new tokens into the token files of pods.</summary>
    public void ExpireTokens()
    {
        _parts.Identities.ExpireServiceAccounts();
        _parts.Files.Rewrite();
    }
}
