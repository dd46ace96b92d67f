using Berth.Backoff;
using Berth.TestKit;

namespace Berth.Tests.Backoff;

public sealed class PeriodicLoopTests
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Fault_of_step_or_report_never_ends_the_loop()
    {
        TestClock time = new();
        using SemaphoreSlim stepped = new(0);
        List<string> reported = [];
        int steps = 0;
        await using PeriodicLoop loop = new(
            s_period, time,
            () =>
            {
                stepped.Release();
                throw new InvalidOperationException($"step {++steps}");
            },
            exception =>
            {
                reported.Add(exception.Message);
                throw new InvalidOperationException("the logger is broken");
            });
        for (int i = 0; i < 3; i++)
        {
            time.Advance(s_period);
            Assert.True(await stepped.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));
        }

        await loop.DisposeAsync();
        Assert.Equal(["step 1", "step 2", "step 3"], reported);
    }

    [Fact]
    public async Task Loop_that_is_disposed_steps_no_more()
    {
        TestClock time = new();
        int steps = 0;
        PeriodicLoop loop = new(s_period, time, () => steps++, static _ => { });
        await loop.DisposeAsync();
        time.Advance(s_period * 3);
        Assert.Equal((0, 0), (steps, time.Timers));
    }
}
