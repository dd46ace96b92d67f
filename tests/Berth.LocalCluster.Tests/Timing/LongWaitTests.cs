using Microsoft.Extensions.Time.Testing;

namespace Berth.LocalCluster.Timing;

/// <summary>Waits above the limits of a timer, a time span or a date.</summary>
public sealed class LongWaitTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(5_000_000);
    private static readonly TimeSpan s_almost = s_long - TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5_000_000, 50_000_000_000_000)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MinValue, -long.MaxValue)]
    public void Seconds_stay_within_a_time_span(long seconds, long ticks) => Assert.Equal(ticks, LongWait.Seconds(seconds).Ticks);

    [Theory]
    [InlineData(10, 3, 300_000_000)]
    [InlineData(int.MaxValue, int.MaxValue, long.MaxValue)]
    public void Products_stay_within_a_time_span(long seconds, long count, long ticks) =>
        Assert.Equal(ticks, LongWait.Seconds(seconds).Times(count).Ticks);

    [Fact]
    public void Moments_stay_within_a_date()
    {
        Assert.Equal(DateTimeOffset.MaxValue.Ticks, _time.GetUtcNow().After(TimeSpan.MaxValue).Ticks);
        Assert.Equal(DateTimeOffset.MinValue.Ticks, _time.GetUtcNow().After(-TimeSpan.MaxValue).Ticks);
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), _time.GetUtcNow().After(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Delay_beyond_a_timer_ends_at_its_time()
    {
        Task delay = _time.DelayAsync(s_long, TestCluster.Token);
        await AdvanceAsync(s_almost);
        Assert.False(delay.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await delay.WaitAsync(TestCluster.Patience, TestCluster.Token);
    }

    [Fact]
    public async Task Delay_without_an_end_can_be_cancelled()
    {
        using CancellationTokenSource ending = new();
        Task delay = _time.DelayAsync(TimeSpan.MaxValue, ending.Token);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
    }

    [Fact]
    public async Task Wait_for_a_task_beyond_a_timer_ends_with_the_task()
    {
        TaskCompletionSource task = new();
        Task wait = _time.UntilAsync(task.Task, TimeSpan.MaxValue, TestCluster.Token);
        await AdvanceAsync(s_long);
        Assert.False(wait.IsCompleted);
        task.SetResult();
        await wait.WaitAsync(TestCluster.Patience, TestCluster.Token);
    }

    [Fact]
    public async Task Wait_for_a_task_ends_at_its_time_without_the_task()
    {
        Task wait = _time.UntilAsync(new TaskCompletionSource().Task, s_long, TestCluster.Token);
        await AdvanceAsync(s_almost);
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await wait.WaitAsync(TestCluster.Patience, TestCluster.Token);
    }

    [Fact]
    public async Task Alarm_beyond_a_timer_rings_once_at_its_time()
    {
        int rings = 0;
        using IDisposable alarm = _time.Alarm(s_long, () => rings++);
        await AdvanceAsync(s_almost);
        Assert.Equal(0, rings);
        await AdvanceAsync(s_long);
        Assert.Equal(1, rings);
    }

    [Fact]
    public async Task Disposed_alarm_does_not_ring()
    {
        int rings = 0;
        _time.Alarm(s_long, () => rings++).Dispose();
        await AdvanceAsync(s_long);
        Assert.Equal(0, rings);
    }

    /// <summary>In steps, so that the timer that follows another starts when that one ended, as on a real clock.</summary>
    private async Task AdvanceAsync(TimeSpan wait)
    {
        for (TimeSpan left = wait; left > TimeSpan.Zero; left -= TimeSpan.FromDays(10))
        {
            _time.Advance(left < TimeSpan.FromDays(10) ? left : TimeSpan.FromDays(10));
            await Task.Yield();
        }
    }
}
