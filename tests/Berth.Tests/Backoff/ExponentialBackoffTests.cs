namespace Berth.Tests.Backoff;

public sealed class ExponentialBackoffTests
{
    [Fact]
    public void Doubles_up_to_the_cap_and_never_leaves_half_to_whole()
    {
        ExponentialBackoff backoff = new(new Random(7));
        for (int failures = 1; failures < 100; failures++)
        {
            double full = Math.Min(200 * Math.Pow(2, failures - 1), 30_000);
            Assert.InRange(backoff.NextDelay(failures).TotalMilliseconds, full / 2, full);
        }

        Assert.InRange(backoff.NextDelay(int.MaxValue).TotalSeconds, 15, 30);
    }

    [Fact]
    public void Delays_are_spread_by_jitter()
    {
        ExponentialBackoff backoff = new(new Random(7));
        Assert.True(Enumerable.Range(0, 100).Select(_ => backoff.NextDelay(5)).Distinct().Count() > 90);
    }

    [Fact]
    public void Failure_count_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialBackoff(new Random(7)).NextDelay(0));
}
