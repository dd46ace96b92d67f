using Berth.Backoff;

namespace Berth.Tests.Backoff;

public sealed class RetryDelayTests
{
    public static TheoryData<double, double?, double> Delays => new()
    {
        { 1, null, 1 },
        { 1, 0, 1 },
        { 1, -5, 1 },
        { 1, 40, 40 },
        { 40, 1, 40 },
        { 1, 300, 300 },
        { 1, 3_600, 300 },
        { 1, 31_536_000, 300 },
        { 1, 900_000_000_000, 300 },
        { 3_600, null, 300 },
        { -1, null, 0 },
        { -1, -2, 0 },
    };

    [Theory]
    [MemberData(nameof(Delays))]
    public void Next_any_seconds_gives_the_longer_within_0_and_5_minutes(double policy, double? asked, double expected)
    {
        TimeSpan? source = asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        Assert.Equal(TimeSpan.FromSeconds(expected), RetryDelay.Next(new FixedBackoff(TimeSpan.FromSeconds(policy)), 1, source));
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(4, 240)]
    [InlineData(5, 300)]
    [InlineData(31, 300)]
    [InlineData(int.MaxValue, 300)]
    public void Doubled_any_number_of_failures_stays_at_most_the_maximum(int failures, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected), RetryDelay.Doubled(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), failures));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(301)]
    public void ExponentialBackoff_delay_outside_its_range_is_refused(int seconds)
    {
        TimeSpan delay = TimeSpan.FromSeconds(seconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialBackoff(new Random(1)) { FirstDelay = delay });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialBackoff(new Random(1)) { MaxDelay = delay });
    }
}
