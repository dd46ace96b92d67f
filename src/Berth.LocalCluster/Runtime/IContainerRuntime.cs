namespace Berth.LocalCluster.Runtime;

/// <summary>Starts containers: as processes of this machine, or without any process for tests of scale.</summary>
internal interface IContainerRuntime : IAsyncDisposable
{
    /// <summary>True when a container can have files at its own paths.</summary>
    bool CanMount { get; }

    /// <exception cref="LocalClusterException">It cannot be started.</exception>
    Task<IContainerInstance> StartAsync(ContainerLaunch launch);

    /// <summary>Runs an additional command in a container, for a client. Returns its exit code.</summary>
    /// <exception cref="LocalClusterException">It cannot be started.</exception>
    Task<int> ExecAsync(ContainerLaunch launch, IExecSession session, CancellationToken cancellationToken);

    /// <summary>Runs one probe. False is a failure, and cancellation is a timeout.</summary>
    Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken);
}
