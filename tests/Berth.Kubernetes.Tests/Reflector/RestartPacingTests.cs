namespace Berth.Kubernetes.Reflector;

public sealed class RestartPacingTests
{
    private readonly RestartPacing _pacing = new(new Random(1));

    [Fact]
    public void First_restart_is_at_once() => Assert.Equal(new Strike(1, null), _pacing.Next(strikes: 0, progressed: false));

    [Fact]
    public void Restart_after_progress_is_at_once() => Assert.Equal(new Strike(1, null), _pacing.Next(strikes: 7, progressed: true));

    [Fact]
    public void Each_further_restart_without_progress_waits_longer_to_a_maximum()
    {
        TimeSpan[] delays = [.. Enumerable.Range(1, 12).Select(strikes => _pacing.Next(strikes, progressed: false).Delay!.Value)];

        Assert.InRange(delays[0], TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
        Assert.InRange(delays[^1], TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }
}
