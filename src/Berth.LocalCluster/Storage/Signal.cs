namespace Berth.LocalCluster.Storage;

/// <summary>Wakes any number of waiting tasks at each change. The caller that raises it holds the lock of the changed data.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change.</summary>
    public Task Next => _source.Task;

    public void Raise() => Interlocked.Exchange(ref _source, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
