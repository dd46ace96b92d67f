using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Berth.TestKit;

/// <summary>
/// The fake clock of all tests. It stops until a test moves it, reports when code starts to wait on it, and records the length of each
/// wait. Its monotonic time follows <see cref="FakeTimeProvider.Advance"/> only; the wall clock can be set apart from it.
/// </summary>
public sealed class TestClock : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _dues = new();
    private readonly ConcurrentDictionary<CountedTimer, DateTimeOffset> _set = [];
    private long _wallClockShift;
    private int _timers;

    public TestClock()
        : this(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <param name="start">The time until a test moves it.</param>
    public TestClock(DateTimeOffset start)
        : base(start)
    {
    }

    /// <summary>True when every wait is over at once: backoff then costs a test nothing. Default: false.</summary>
    public bool IsHurried { get; set; }

    /// <summary>The difference of the wall clock from the time that has passed. Default: 0.</summary>
    public TimeSpan WallClockShift
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _wallClockShift));
        set => Volatile.Write(ref _wallClockShift, value.Ticks);
    }

    /// <summary>The number of timers that exist: created and not yet disposed.</summary>
    public int Timers => Volatile.Read(ref _timers);

    /// <summary>The durations of all timers created so far, in order, without those of 0 and without an end.</summary>
    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + WallClockShift;

    /// <inheritdoc/>
    // The base takes it from GetUtcNow, which here can jump.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>
    /// True while a timer is set that ends after exactly this time. A test that moves the clock on in a loop asks this first, so that it
    /// ends the wait that it means, and not the limit of what comes after that wait.
    /// </summary>
    /// <param name="due">The time until then, more than 0.</param>
    public bool HasTimer(TimeSpan due) => _set.Values.Contains(base.GetUtcNow() + due);

    /// <summary>
    /// Waits until a timer is set to a duration that satisfies a condition, and returns the duration. Each setting is seen once.
    /// </summary>
    public async Task<TimeSpan> WaitForTimerAsync(Func<TimeSpan, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan due = await _armed.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Wait.Limit, cancellationToken);
            if (condition(due))
                return due;
        }
    }

    /// <summary>Lets time pass in steps, so that each timer sees the time that it was set to, not the time at the end.</summary>
    /// <param name="time">How much.</param>
    /// <param name="stepped">Called before each step.</param>
    public void Pass(TimeSpan time, Action stepped)
    {
        DateTimeOffset end = base.GetUtcNow() + time;
        while (TryTakeDue(end, out DateTimeOffset due))
        {
            if (due <= base.GetUtcNow())
                continue;
            stepped();
            Advance(due - base.GetUtcNow());
        }

        stepped();
        Advance(end - base.GetUtcNow());
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        CountedTimer timer = new(base.CreateTimer(callback, state, dueTime, period), Forget, Note);
        Interlocked.Increment(ref _timers);
        Note(timer, dueTime);
        if (dueTime <= TimeSpan.Zero)
            return timer;
        _waits.Enqueue(dueTime);
        // Not from here: the caller does not have its timer yet.
        if (IsHurried)
            ThreadPool.UnsafeQueueUserWorkItem(_ => Advance(dueTime), null);
        return timer;
    }

    private void Forget(CountedTimer timer)
    {
        Interlocked.Decrement(ref _timers);
        _set.TryRemove(timer, out _);
    }

    private void Note(CountedTimer timer, TimeSpan due)
    {
        if (due < TimeSpan.Zero)
        {
            _set.TryRemove(timer, out _);
            return;
        }

        _armed.Writer.TryWrite(due);
        // A timer that is disposed of or set again stays here: Pass then stops where nothing happens.
        DateTimeOffset at = base.GetUtcNow() + due;
        _set[timer] = at;
        lock (_dues)
            _dues.Enqueue(at, at);
    }

    private bool TryTakeDue(DateTimeOffset end, out DateTimeOffset due)
    {
        lock (_dues)
            return _dues.TryPeek(out due, out _) && due < end && _dues.TryDequeue(out due, out _);
    }
}
