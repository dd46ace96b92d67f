namespace Berth.Kubernetes.Nodes;

/// <summary>What one target has not yet heard of nodes: changes gather here until it asks.</summary>
internal sealed class NodeSubscription
{
    private readonly Lock _lock = new();
    private HashSet<string>? _changed = new(StringComparer.Ordinal);
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when there is something to take.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _signal.Task;
        }
    }

    /// <summary>Takes what has gathered.</summary>
    /// <param name="changed">The nodes, or null when any may have changed.</param>
    /// <returns>False when nothing has.</returns>
    public bool TryTake(out IReadOnlyCollection<string>? changed)
    {
        lock (_lock)
        {
            changed = _changed;
            if (!_signal.Task.IsCompleted)
                return false;
            _changed = new HashSet<string>(StringComparer.Ordinal);
            _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Tells of changes; null when any node may have changed.</summary>
    public void Notify(IEnumerable<string>? changed)
    {
        lock (_lock)
        {
            if (changed is null)
                _changed = null;
            else
                _changed?.UnionWith(changed);
            _signal.TrySetResult();
        }
    }
}
