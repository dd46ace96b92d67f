using System.Diagnostics;

namespace Berth.LocalCluster.Runtime;

/// <summary>Runs containers as processes of this machine.</summary>
internal sealed class ProcessRuntime(TimeProvider time) : IContainerRuntime
{
    private readonly ProcessStarter _starter = new();
    private readonly Prober _prober = new();
    private readonly ConcurrentDictionary<int, ProcessInstance> _running = new();
    private volatile bool _disposed;

    public bool CanMount => _starter.CanMount;

    public async Task<IContainerInstance> StartAsync(ContainerLaunch launch) => await BeginAsync(launch).ConfigureAwait(false);

    public async Task<int> ExecAsync(ContainerLaunch launch, IExecSession session, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using Process process = await _starter.StartAsync(launch).ConfigureAwait(false);
        return await ExecProcess.RunAsync(process, _starter.OwnGroups, session, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken)
    {
        List<string> command = [.. probe.Texts("exec", "command")];
        if (command.Count == 0)
            return await _prober.CheckAsync(probe, launch.Address, cancellationToken).ConfigureAwait(false);

        // The output of probes is not part of a container's log.
        ContainerLaunch probing = launch with { Executable = command[0], Arguments = command[1..], Log = new ContainerLog(time, 0) };
        ProcessInstance instance = await BeginAsync(probing).ConfigureAwait(false);
        try
        {
            return await instance.Exited.WaitAsync(cancellationToken).ConfigureAwait(false) == 0;
        }
        finally
        {
            instance.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (ProcessInstance instance in _running.Values)
            instance.Kill();
        await Task.WhenAll(_running.Values.Select(instance => instance.Exited)).ConfigureAwait(false);
        _starter.Dispose();
        _prober.Dispose();
    }

    private async Task<ProcessInstance> BeginAsync(ContainerLaunch launch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Process process = await _starter.StartAsync(launch).ConfigureAwait(false);
        ProcessInstance instance = new(process, _starter.OwnGroups, launch.Log, id => _running.TryRemove(id, out _));
        _running[process.Id] = instance;
        instance.Watch();
        if (_disposed)
            instance.Kill();
        return instance;
    }
}
