namespace Berth.LocalCluster.Runtime;

/// <summary>Starts containers. Processes of this machine, or nothing at all for tests of scale.</summary>
internal interface IContainerRuntime : IAsyncDisposable
{
    /// <summary>True when a container can have files at paths of its own.</summary>
    bool CanMount { get; }

    /// <exception cref="LocalClusterException">It cannot be started.</exception>
    Task<IContainerInstance> StartAsync(ContainerLaunch launch);

    /// <summary>Runs a command beside a container's program, for a client. Returns its exit code.</summary>
    /// <exception cref="LocalClusterException">It cannot be started.</exception>
    Task<int> ExecAsync(ContainerLaunch launch, IExecSession session, CancellationToken cancellationToken);

    /// <summary>Runs one probe; false is a failure. Cancelled is a timeout.</summary>
    Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken);
}
