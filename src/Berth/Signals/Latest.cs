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
    private static readonly TaskCompletionSource<bool> s_end = NewEnd();

    private volatile T _value = first;

    // Created at the first wait after a swap, because nothing waits for most of 10,000 values.
    private TaskCompletionSource<bool>? _next;

    /// <summary>The value now. A memory read.</summary>
    public T Value => _value;

    /// <summary>
    /// Completes when the value differs from the one that the caller has seen: with true, or with false when no value follows.
    /// </summary>
    public Task<bool> WaitAsync(T seen)
    {
        // Take the signal before comparing the value. A swap between the two is then not missed.
        TaskCompletionSource<bool> next = Volatile.Read(ref _next) ?? CreateNext();
        return ReferenceEquals(_value, seen) ? next.Task : s_changed;
    }

    /// <summary>Replaces the value and wakes everything that waits. For one writer.</summary>
    public void Swap(T next)
    {
        _value = next;
        Interlocked.Exchange(ref _next, null)?.TrySetResult(true);
        swapped?.Invoke();
    }

    /// <summary>Ends the values. The writer calls it after its last swap.</summary>
    public void End() => Interlocked.Exchange(ref _next, s_end)?.TrySetResult(false);

    private static TaskCompletionSource<bool> NewEnd()
    {
        TaskCompletionSource<bool> end = new();
        end.SetResult(false);
        return end;
    }

    private TaskCompletionSource<bool> CreateNext()
    {
        TaskCompletionSource<bool> created = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _next, created, null) ?? created;
    }
}
