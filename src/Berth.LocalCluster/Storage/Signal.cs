namespace Berth.LocalCluster.Storage;

/// <summary>
/// Tells any number of waiting tasks that something has changed, again and again. The caller that raises it holds the lock of what changes.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change.</summary>
    public Task Next => _source.Task;

    public void Raise() => Interlocked.Exchange(ref _source, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
