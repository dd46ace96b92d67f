namespace Berth.Kubernetes.Model;

public sealed class OwnTimeTests
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_wait_is_over_before_what_waited_goes_on()
    {
        TestClock clock = new();
        OwnTime own = new(clock);
        Task<bool> seen = WaitAndLookAsync(own);
        Assert.True(own.IsWaited);
        clock.Advance(s_delay);
        Assert.False(await seen.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));
        Assert.False(own.IsWaited);
    }

    /// <summary>While one thread runs timers, a clock that moves leaves the others to it: that thread runs them too.</summary>
    [Fact]
    public async Task A_wait_that_another_thread_ends_is_over_before_it_goes_on()
    {
        TestClock clock = new();
        OwnTime own = new(clock);
        Task<bool> seen = WaitAndLookAsync(own);
        TaskCompletionSource called = new();
        using ManualResetEventSlim moved = new();
        Task other = Task.Run(
            () =>
            {
                using ITimer now = clock.CreateTimer(
                    _ =>
                    {
                        called.SetResult();
                        moved.Wait(Wait.Limit);
                    },
                    null,
                    TimeSpan.Zero,
                    Timeout.InfiniteTimeSpan);
            },
            TestContext.Current.CancellationToken);
        await called.Task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        clock.Advance(s_delay);
        // The clock has passed the end of the wait, but the code after it has not run: the other thread will run it.
        Assert.False(seen.IsCompleted);
        Assert.True(own.IsWaited);
        moved.Set();
        Assert.False(await seen.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));
        await other.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        Assert.False(own.IsWaited);
    }

    [Fact]
    public void A_wait_that_is_given_up_is_over()
    {
        OwnTime own = new(new TestClock());
        ITimer timer = own.CreateTimer(static _ => { }, null, s_delay, Timeout.InfiniteTimeSpan);
        Assert.True(own.IsWaited);
        timer.Dispose();
        timer.Dispose();
        Assert.False(own.IsWaited);
    }

    private static async Task<bool> WaitAndLookAsync(OwnTime own)
    {
        await Task.Delay(s_delay, own).ConfigureAwait(false);
        return own.IsWaited;
    }
}
