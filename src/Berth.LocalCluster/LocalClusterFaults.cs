namespace Berth.LocalCluster;

/// <summary>Faults on demand, each as a real cluster shows it.</summary>
public sealed class LocalClusterFaults
{
    private readonly ClusterParts parts;

    internal LocalClusterFaults(ClusterParts parts) => this.parts = parts;

    /// <summary>Ends every running watch cleanly. Clients watch again from where they were.</summary>
    public void DropWatches() => parts.Watches.DropAll();

    /// <summary>Forgets the history: a watch or page from an older version is answered with 410.</summary>
    public void Compact() => parts.Store.Compact();

    /// <summary>Stops listening: connections are cut and new ones refused, until <see cref="RestoreApiAsync"/>. Pods and controllers go on.</summary>
    /// <returns>Completes when nothing listens.</returns>
    public Task CutApiAsync() => parts.Api.StopAsync();

    /// <summary>Listens again, on the same port.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it listens.</returns>
    public Task RestoreApiAsync(CancellationToken cancellationToken = default) => parts.Api.StartAsync(parts.Server.Port, cancellationToken);

    /// <summary>The API goes silent: connections stay open, nothing is answered, until <see cref="ResumeApi"/>.</summary>
    public void PauseApi() => parts.Gate.Close();

    /// <summary>The API answers again.</summary>
    public void ResumeApi() => parts.Gate.Open();

    /// <summary>Makes every service account token invalid (401). Kubeconfig files of pods are written anew with fresh tokens.</summary>
    public void ExpireTokens()
    {
        parts.Identities.ExpireServiceAccounts();
        parts.Files.Rewrite();
    }
}
