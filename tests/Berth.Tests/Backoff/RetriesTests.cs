using Berth.Backoff;

namespace Berth.Tests.Backoff;

public sealed class RetriesTests
{
    [Fact]
    public void Success_starts_the_count_from_zero()
    {
        Retries retries = new(new SecondsBackoff(), static _ => { });
        retries.Fail();
        retries.Fail();
        Assert.Equal(TimeSpan.FromSeconds(2), retries.NextDelay(null));
        Assert.Equal(TimeSpan.FromSeconds(40), retries.NextDelay(TimeSpan.FromSeconds(40)));

        retries.Succeed();
        retries.Fail();

        Assert.Equal(1, retries.Failures);
        Assert.Equal(TimeSpan.FromSeconds(1), retries.NextDelay(null));
    }

    [Fact]
    public void Broken_policy_is_reported_and_gives_the_longest_delay()
    {
        List<string> reported = [];
        Retries retries = new(new SecondsBackoff { IsBroken = true }, exception => reported.Add(exception.Message));
        retries.Fail();

        Assert.Equal(TimeSpan.FromMinutes(5), retries.NextDelay(TimeSpan.FromSeconds(1)));
        Assert.Equal(["policy"], reported);
    }

    private sealed class SecondsBackoff : IBackoffPolicy
    {
        public bool IsBroken { get; init; }

        public TimeSpan NextDelay(int failures) =>
            IsBroken ? throw new InvalidOperationException("policy") : TimeSpan.FromSeconds(failures);
    }
}
