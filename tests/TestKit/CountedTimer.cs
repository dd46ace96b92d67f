namespace Berth.TestKit;

/// <summary>A timer of a fake clock that tells when it is set again and, once, when it is disposed of.</summary>
public sealed class CountedTimer(ITimer timer, Action<CountedTimer> disposed, Action<CountedTimer, TimeSpan> changed) : ITimer
{
    private int _disposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        bool done = timer.Change(dueTime, period);
        if (done)
            changed(this, dueTime);
        return done;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            disposed(this);
        timer.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
