namespace Berth.LocalCluster.Runtime;

/// <summary>A runtime without processes: a container runs until it is told to end, and every probe succeeds.</summary>
internal sealed class SimulatedRuntime : IContainerRuntime
{
    public Task<IContainerInstance> StartAsync(ContainerLaunch launch) => Task.FromResult<IContainerInstance>(new Instance());

    public Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken) => Task.FromResult(true);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Instance : IContainerInstance
    {
        private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? ProcessId => null;

        public Task<int> Exited => exited.Task;

        public void Stop() => exited.TrySetResult(0);

        public void Kill() => exited.TrySetResult(137);
    }
}
