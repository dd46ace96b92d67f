using System.Diagnostics;

namespace Berth.LocalCluster.Runtime;

/// <summary>One process: its exit noticed at once, its output kept.</summary>
internal sealed class ProcessInstance(Process process, bool ownGroup, ContainerLog log, Action<int> ended) : IContainerInstance
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _id = process.Id;

    public int? ProcessId => _id;
    public Task<int> Exited => _exited.Task;
    public Task Drained { get; private set; } = Task.CompletedTask;

    public void Watch()
    {
        Drained = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
        process.Exited += (_, _) => End();
        if (process.HasExited)
            End();
    }

    public void Stop() => Send(_id, Signals.Terminate);

    public void Kill()
    {
        // The group, and the process itself: a moment after its start it does not lead the group yet.
        if (ownGroup)
            Send(-_id, Signals.Kill);
        Send(_id, Signals.Kill);
    }

    private void Send(int target, int signal)
    {
        // After the exit was noticed the id may belong to another process.
        if (!_exited.Task.IsCompleted)
            Signals.Send(target, signal);
    }

    private void End()
    {
        if (ownGroup && !_exited.Task.IsCompleted)
        {
            // A container ends with its first process: what that left behind goes too.
            Signals.Send(-_id, Signals.Kill);
        }

        ended(_id);
        _exited.TrySetResult(process.ExitCode);
    }

    /// <summary>
    /// Keeps the output until its end. Reading ends with the last process that holds the pipe; a broken pipe is such an end.
    /// </summary>
    private async Task PumpAsync(StreamReader output)
    {
        try
        {
            while (await output.ReadLineAsync().ConfigureAwait(false) is { } line)
                log.Append(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            log.Append($"(the output ended: {exception.Message})");
        }
    }
}
