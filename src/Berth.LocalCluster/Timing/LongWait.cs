namespace Berth.LocalCluster.Timing;

/// <summary>
/// Waits for any length of time. Manifests and requests may contain more seconds than a timer (49.7 days), a <see cref="TimeSpan"/> or a
/// date can hold. A long wait therefore uses several timers, and a sum that is too large becomes the largest possible value.
/// </summary>
internal static class LongWait
{
    private static readonly TimeSpan s_maxTimer = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_minTimer = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns a number of seconds, limited to the range of a <see cref="TimeSpan"/>.</summary>
    public static TimeSpan Seconds(long seconds)
    {
        const long MaxSeconds = long.MaxValue / TimeSpan.TicksPerSecond;
        return seconds > MaxSeconds ? TimeSpan.MaxValue : seconds < -MaxSeconds ? -TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Returns a multiple of a period.</summary>
    public static TimeSpan Times(this TimeSpan period, long count)
    {
        Int128 ticks = (Int128)period.Ticks * count;
        return new TimeSpan((long)Int128.Clamp(ticks, long.MinValue, long.MaxValue));
    }

    /// <summary>Returns the time at a distance from another, limited to the years 1 to 9999.</summary>
    public static DateTimeOffset After(this DateTimeOffset moment, TimeSpan wait)
    {
        Int128 ticks = (Int128)moment.UtcTicks + wait.Ticks;
        return new DateTimeOffset((long)Int128.Clamp(ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
    }

    /// <summary>Waits for a duration. Returns at once when it is zero or negative.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task DelayAsync(this TimeProvider time, TimeSpan wait, CancellationToken cancellationToken)
    {
        Remaining clock = new(time, wait);
        while (clock.Next is { } next)
            await Task.Delay(next, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for a task, for at most a duration and until the token is cancelled. The state of the task tells the result.
    /// </summary>
    public static async Task UntilAsync(this TimeProvider time, Task task, TimeSpan most, CancellationToken cancellationToken)
    {
        Remaining clock = new(time, most);
        while (!task.IsCompleted && !cancellationToken.IsCancellationRequested && clock.Next is { } next)
            await task.WaitAsync(next, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Runs an action once, after a duration. Disposal before that prevents it.</summary>
    public static IDisposable Alarm(this TimeProvider time, TimeSpan wait, Action action) => new OneAlarm(time, wait, action);

    /// <summary>The rest of a wait. It is measured as elapsed time, so that it also ends when the clock jumps.</summary>
    private readonly struct Remaining(TimeProvider time, TimeSpan wait)
    {
        private readonly long _start = time.GetTimestamp();

        /// <summary>
        /// Returns the length of the next timer, or null when the wait is over. A timer rounds down, so it gets at least a millisecond.
        /// </summary>
        public TimeSpan? Next
        {
            get
            {
                TimeSpan elapsed = time.GetElapsedTime(_start);
                if (wait <= elapsed)
                    return null;
                TimeSpan left = wait - elapsed;
                return left > s_maxTimer ? s_maxTimer : left < s_minTimer ? s_minTimer : left;
            }
        }
    }

    private sealed class OneAlarm : IDisposable
    {
        private readonly Remaining _clock;
        private readonly Action _action;
        private readonly ITimer _timer;

        public OneAlarm(TimeProvider time, TimeSpan wait, Action action)
        {
            _clock = new Remaining(time, wait);
            _action = action;
            _timer = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(_clock.Next ?? TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        public void Dispose() => _timer.Dispose();

        private void Ring()
        {
            if (_clock.Next is { } next)
            {
                _timer.Change(next, Timeout.InfiniteTimeSpan);
                return;
            }

            try
            {
                _action();
            }
            catch (ObjectDisposedException)
            {
                // Its purpose ended while the timer fired.
            }
        }
    }
}
