namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>Counts how often code gives up its thread before its first wait, and continues on the thread pool.</summary>
internal sealed class CountedPosts : SynchronizationContext
{
    [ThreadStatic]
    private static bool t_isRunning;

    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Sockets that the code creates also keep the context.
        if (t_isRunning)
            Interlocked.Increment(ref _count);
        ThreadPool.QueueUserWorkItem(static work => work.d(work.state), (d, state), preferLocal: false);
    }

    public T Run<T>(Func<T> code)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        t_isRunning = true;
        try
        {
            return code();
        }
        finally
        {
            t_isRunning = false;
            SetSynchronizationContext(before);
        }
    }
}
