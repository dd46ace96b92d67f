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
