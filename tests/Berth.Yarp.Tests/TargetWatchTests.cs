using Berth.TestKit;
using Berth.Yarp.Resolving;

namespace Berth.Yarp;

/// <summary>The pods of one target as the proxy sees them.</summary>
public sealed class TargetWatchTests : IAsyncDisposable
{
    private readonly TestClock _clock = new();
    private readonly RecordingLogger _log = new();
    private readonly PushableSource _source = new();
    private readonly EndpointDirectory _directory;
    private int _told;

    public TargetWatchTests() => _directory = new EndpointDirectory(_source, new EndpointDirectoryOptions { TimeProvider = _clock });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EndpointView View => _directory.Follow(TestPods.Target, TestPods.Ports);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task A_report_that_throws_is_made_again_and_later_pods_arrive()
    {
        await using TargetWatch watch = new(View, _clock, _log, ThrowOnce);
        await _source.PublishAsync(View, [TestPods.Endpoint(0)], cancellationToken: Token);
        await _clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(1), Token);
        Assert.Equal(
            "Following k8s-example2/service-b failed; the last known pods stay. It is followed again after 1 s.",
            Assert.Single(_log.Texts));
        Assert.False(watch.Running.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await Wait.ForAsync(() => Volatile.Read(ref _told) == 2, Token);
        await _source.PublishAsync(View, [TestPods.Endpoint(0), TestPods.Endpoint(1)], cancellationToken: Token);
        await Wait.ForAsync(() => Volatile.Read(ref _told) == 3, Token);
        Assert.Equal(2, watch.Pods.Count);
        Assert.Single(_log.Texts);

        watch.Stop();
        await watch.Running.WaitAsync(Wait.Limit, Token);
    }

    [Fact]
    public async Task A_watch_of_a_released_target_has_ended()
    {
        await using TargetWatch watch = new(View, _clock, _log, ThrowOnce);
        await _directory.ReleaseAsync(TestPods.Target);
        await watch.Running.WaitAsync(Wait.Limit, Token);
        Assert.Empty(_log.Texts);
    }

    private void ThrowOnce()
    {
        if (Interlocked.Increment(ref _told) == 1)
            throw new InvalidOperationException("The proxy is broken.");
    }
}
