namespace Berth.LocalCluster.Runtime;

/// <summary>
/// A runtime without processes. A container runs until it is asked to end, and then needs a moment, so that watchers see it terminating.
/// Every probe succeeds. A container that must run to its end has ended at once.
/// </summary>
internal sealed class SimulatedRuntime(TimeProvider time) : IContainerRuntime
{
    private static readonly TimeSpan s_end = TimeSpan.FromMilliseconds(100);

    public bool CanMount => false;

    public Task<IContainerInstance> StartAsync(ContainerLaunch launch)
    {
        Instance instance = new(time);
        if (launch.RunsToItsEnd)
            instance.End();
        return Task.FromResult<IContainerInstance>(instance);
    }

    public Task<int> ExecAsync(ContainerLaunch launch, IExecSession session, CancellationToken cancellationToken) =>
        throw new LocalClusterException("This cluster runs no processes, so there is none to run a command beside.");

    public Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken) => Task.FromResult(true);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Instance(TimeProvider time) : IContainerInstance
    {
        private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? ProcessId => null;
        public Task<int> Exited => exited.Task;
        public Task Drained => Task.CompletedTask;

        public void End() => exited.TrySetResult(0);

        public void Stop() => _ = Task.Delay(s_end, time).ContinueWith(_ => exited.TrySetResult(0), TaskScheduler.Default);

        public void Kill() => exited.TrySetResult(137);
    }
}
