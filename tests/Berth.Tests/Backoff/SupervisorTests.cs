using System.Collections.Concurrent;
using Berth.Backoff;
using Berth.TestKit;

namespace Berth.Tests.Backoff;

public sealed class SupervisorTests
{
    private readonly TestClock _time = new() { IsHurried = true };
    private readonly ConcurrentQueue<string> _reported = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(50)]
    [InlineData(365)]
    [InlineData(10_000_000)]
    public async Task Source_that_asks_for_days_is_tried_again_after_5_minutes(int days)
    {
        int steps = 0;
        TaskCompletionSource again = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Supervisor supervisor = new(StepAsync, _ => TimeSpan.FromDays(days), new FixedBackoff(TimeSpan.FromSeconds(1)), _time);
        supervisor.Start();
        await again.Task.WaitAsync(Wait.Limit, Cancellation);

        Assert.Equal(TimeSpan.FromMinutes(5), Assert.Single(_time.Waits));

        ValueTask StepAsync(CancellationToken stopping)
        {
            if (steps++ == 0)
                throw new InvalidOperationException("busy");
            again.TrySetResult();
            return new ValueTask(Task.Delay(Timeout.Infinite, stopping));
        }
    }

    [Fact]
    public async Task Fault_of_step_report_or_policy_never_ends_the_loop()
    {
        int steps = 0;
        TaskCompletionSource again = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Supervisor supervisor = new(StepAsync, Report, new BrokenBackoff(), _time);
        supervisor.Start();
        await again.Task.WaitAsync(Wait.Limit, Cancellation);

        Assert.Equal(["step 1", "policy", "step 2", "policy", "step 3", "policy"], _reported);

        ValueTask StepAsync(CancellationToken stopping)
        {
            if (++steps <= 3)
                throw new InvalidOperationException($"step {steps}");
            again.TrySetResult();
            return new ValueTask(Task.Delay(Timeout.Infinite, stopping));
        }

        TimeSpan? Report(Exception exception)
        {
            _reported.Enqueue(exception.Message);
            throw new InvalidOperationException("the logger is broken");
        }
    }

    [Fact]
    public async Task Success_starts_the_delays_from_the_beginning()
    {
        List<int> counts = [];
        int steps = 0;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Supervisor supervisor = new(StepAsync, static _ => null, new CountingBackoff(counts), _time);
        supervisor.Start();
        await done.Task.WaitAsync(Wait.Limit, Cancellation);

        Assert.Equal([1, 2, 1], counts);

        ValueTask StepAsync(CancellationToken stopping)
        {
            switch (steps++)
            {
                case 0 or 1 or 3:
                    throw new InvalidOperationException("away");
                case 2:
                    return ValueTask.CompletedTask;
                default:
                    done.TrySetResult();
                    return new ValueTask(Task.Delay(Timeout.Infinite, stopping));
            }
        }
    }

    [Fact]
    public async Task Disposal_ends_a_wait_and_starts_nothing_later()
    {
        _time.IsHurried = false;
        int steps = 0;
        TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Supervisor supervisor = new(StepAsync, Report, new FixedBackoff(TimeSpan.FromSeconds(1)), _time);
        supervisor.Start();
        await failed.Task.WaitAsync(Wait.Limit, Cancellation);
        await supervisor.DisposeAsync().AsTask().WaitAsync(Wait.Limit, Cancellation);
        supervisor.Start();

        Assert.Equal(1, steps);
        Assert.Equal(0, _time.Timers);

        ValueTask StepAsync(CancellationToken stopping)
        {
            steps++;
            throw new InvalidOperationException("away");
        }

        TimeSpan? Report(Exception exception)
        {
            failed.TrySetResult();
            return TimeSpan.FromDays(1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Step_that_stops_the_loop_is_the_last_one(bool fails)
    {
        int steps = 0;
        TaskCompletionSource<CancellationToken> stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Supervisor? supervisor = null;
        supervisor = new Supervisor(StepAsync, Report, new FixedBackoff(TimeSpan.Zero), _time);
        supervisor.Start();
        CancellationToken stopping = await stopped.Task.WaitAsync(Wait.Limit, Cancellation);
        await supervisor.DisposeAsync().AsTask().WaitAsync(Wait.Limit, Cancellation);

        Assert.True(stopping.IsCancellationRequested);
        Assert.Equal(1, steps);
        Assert.Empty(_reported);

        async ValueTask StepAsync(CancellationToken token)
        {
            if (++steps > 1)
                await Task.Delay(Timeout.Infinite, token);
            supervisor!.Stop();
            stopped.TrySetResult(token);
            if (fails)
                throw new InvalidOperationException("away");
        }

        TimeSpan? Report(Exception exception)
        {
            _reported.Enqueue(exception.Message);
            return null;
        }
    }

    private sealed class BrokenBackoff : IBackoffPolicy
    {
        public TimeSpan NextDelay(int failures) => throw new InvalidOperationException("policy");
    }

    private sealed class CountingBackoff(List<int> counts) : IBackoffPolicy
    {
        public TimeSpan NextDelay(int failures)
        {
            counts.Add(failures);
            return TimeSpan.FromSeconds(1);
        }
    }
}
