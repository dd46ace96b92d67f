namespace Berth.LocalCluster.Runtime;

/// <summary>Starts containers. Processes of this machine, or nothing at all for tests of scale.</summary>
internal interface IContainerRuntime : IAsyncDisposable
{
    /// <exception cref="LocalClusterException">It cannot be started.</exception>
    Task<IContainerInstance> StartAsync(ContainerLaunch launch);

    /// <summary>Runs one probe; false is a failure. Cancelled is a timeout.</summary>
    Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken);
}
