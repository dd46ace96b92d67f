namespace Berth.Kubernetes.Reflector;

public sealed class RestartPacingTests
{
    [Fact]
    public void The_first_restart_is_at_once_and_each_further_one_without_progress_waits_longer_up_to_a_bound()
    {
        RestartPacing pacing = new(new Random(1));
        Assert.Null(pacing.Strike(progressed: true));
        TimeSpan[] delays = [.. Enumerable.Range(0, 12).Select(_ => pacing.Strike(progressed: false)!.Value)];
        Assert.InRange(delays[0], TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
        Assert.InRange(delays[^1], TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        Assert.Null(pacing.Strike(progressed: true));
        pacing.Strike(progressed: false);
        pacing.Progress();
        Assert.Null(pacing.Strike(progressed: false));
    }
}
