using System.Diagnostics;

namespace Berth.LocalCluster.Runtime;

/// <summary>One process. Its exit is noticed at once, and its output is kept.</summary>
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
        // Signal the group and the process itself, because right after its start it does not lead the group yet.
        if (ownGroup)
            Send(-_id, Signals.Kill);
        Send(_id, Signals.Kill);
    }

    private void Send(int target, int signal)
    {
        // After the exit the id may belong to another process.
        if (!_exited.Task.IsCompleted)
            Signals.Send(target, signal);
    }

    private void End()
    {
        if (ownGroup && !_exited.Task.IsCompleted)
        {
            // A container ends with its first process, so its remaining processes end too.
            Signals.Send(-_id, Signals.Kill);
        }

        ended(_id);
        _exited.TrySetResult(process.ExitCode);
    }

    /// <summary>
    /// Reads the output to its end. The end comes when the last process has closed the pipe; a broken pipe counts as an end too.
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
