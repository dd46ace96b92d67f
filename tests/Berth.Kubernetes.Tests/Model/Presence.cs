namespace Berth.Kubernetes.Model;

/// <summary>
/// Tells whether some thread is at this moment running what a piece of code has set going: its execution context goes along wherever that
/// continues. What waits for a thread is not seen.
/// </summary>
internal sealed class Presence
{
    private static readonly AsyncLocal<Presence?> s_current = new(static change =>
    {
        // Set by hand below, no pod has come or gone.
        if (!change.ThreadContextChanged)
            return;
        if (change.CurrentValue is { } entered)
            Interlocked.Increment(ref entered._inside);
        if (change.PreviousValue is { } left)
            Interlocked.Decrement(ref left._inside);
    });

    private int _inside;

    public bool IsEmpty => Volatile.Read(ref _inside) == 0;

    /// <summary>Runs code, and from then on tells where it is.</summary>
    public T Start<T>(Func<T> code)
    {
        s_current.Value = this;
        try
        {
            return code();
        }
        finally
        {
            s_current.Value = null;
        }
    }
}
