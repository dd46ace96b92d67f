namespace Berth.Signals;

/// <summary>
/// A value that one writer replaces and any number of threads read without a lock. The writer swaps first and signals then: a reader that
/// is woken finds the new value.
/// </summary>
/// <param name="first">The value until the first swap.</param>
/// <param name="swapped">Called after each swap, on the writer's thread: for followers that are too many to wait for a task each.</param>
internal sealed class Latest<T>(T first, Action? swapped = null)
    where T : class
{
    private static readonly Task<bool> s_changed = Task.FromResult(true);

    private volatile T _value = first;
    private TaskCompletionSource<bool> _next = NewSignal();

    /// <summary>The value now. A memory read.</summary>
    public T Value => _value;

    /// <summary>
    /// Completes once the value is another than the one that the caller has seen: true, or false when no value follows it.
    /// </summary>
    public Task<bool> WaitAsync(T seen)
    {
        // Before the value is compared, so that no swap falls between the two.
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

    /// <summary>No value follows. For the writer, after its last swap.</summary>
    public void End() => _next.TrySetResult(false);

    private static TaskCompletionSource<bool> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
