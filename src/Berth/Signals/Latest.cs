namespace Berth.Signals;

/// <summary>
/// A value that one writer replaces and any number of threads read without a lock. The writer swaps the value and then signals, so that a
/// woken reader finds the new value.
/// </summary>
/// <param name="first">The value until the first swap.</param>
/// <param name="swapped">Called after each swap, on the writer's thread. It serves many followers without a waiting task for each.</param>
internal sealed class Latest<T>(T first, Action? swapped = null)
    where T : class
{
    private static readonly Task<bool> s_changed = Task.FromResult(true);

    private volatile T _value = first;
    private TaskCompletionSource<bool> _next = NewSignal();

    /// <summary>The value now. A memory read.</summary>
    public T Value => _value;

    /// <summary>
    /// Completes when the value differs from the one that the caller has seen: with true, or with false when no value follows.
    /// </summary>
    public Task<bool> WaitAsync(T seen)
    {
        // Take the signal before comparing the value. A swap between the two is then not missed.
        Task<bool> next = Volatile.Read(ref _next).Task;
        return ReferenceEquals(_value, seen) ? next : s_changed;
    }

    /// <summary>Replaces the value and wakes everything that waits. For one writer.</summary>
    public void Swap(T next)
    {
        _value = next;
        Interlocked.Exchange(ref _next, NewSignal()).TrySetResult(true);
        swapped?.Invoke();
    }

    /// <summary>Ends the values. The writer calls it after its last swap.</summary>
    public void End() => _next.TrySetResult(false);

    private static TaskCompletionSource<bool> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
