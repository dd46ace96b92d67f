namespace Berth.LocalCluster.Api;

/// <summary>The faults that a request can start.</summary>
internal interface IClusterFaults
{
    void KillPod(string @namespace, string name);

    void StopNode(string name);

    void StartNode(string name);

    void DropWatches();

    void Compact();

    void ExpireTokens();

    Task CutApiAsync();

    Task RestoreApiAsync(CancellationToken cancellationToken = default);

    void PauseApi();

    void ResumeApi();
}
