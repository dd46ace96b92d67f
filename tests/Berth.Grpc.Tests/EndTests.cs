using Berth.Grpc.Resolving;
using Berth.TestKit;
using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static Berth.Grpc.GrpcFixture;

namespace Berth.Grpc;

/// <summary>The end of calls, channels and programs, and what goes on.</summary>
public sealed class EndTests : IAsyncLifetime
{
    private readonly GrpcFixture _grpc = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _grpc.DisposeAsync();

    [Fact]
    public async Task A_disposed_resolver_stops_following()
    {
        await _grpc.StartSetAsync(1);
        List<ResolverResult> results = [];
        using PodResolver resolver = NewResolver();
        resolver.Start(results.Add);
        Assert.Single(results);
        Assert.False(resolver.Running.IsCompleted);

        resolver.Dispose();
        await resolver.Running.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        await _grpc.PublishAsync();
        Assert.Single(results);
    }

    [Fact]
    public async Task A_resolver_disposed_before_the_first_pods_says_nothing()
    {
        List<ResolverResult> results = [];
        using PodResolver resolver = NewResolver();
        resolver.Start(results.Add);
        resolver.Dispose();
        await resolver.Running.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        Assert.Empty(results);
    }

    [Fact]
    public async Task A_stale_snapshot_is_not_told_again()
    {
        await _grpc.StartSetAsync(1);
        int results = 0;
        using PodResolver resolver = NewResolver();
        resolver.Start(_ => Interlocked.Increment(ref results));
        _grpc.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(_grpc.View, static snapshot => snapshot.IsStale, TestContext.Current.CancellationToken);
        _grpc.Source.Confirm(TestPods.Target, TestPods.Ports);
        await PushableSource.WaitForAsync(_grpc.View, static snapshot => !snapshot.IsStale, TestContext.Current.CancellationToken);
        await _grpc.PublishAsync();
        await Wait.UntilAsync(
            () => Task.FromResult(Volatile.Read(ref results)), static count => count >= 2, Wait.Limit, "2 results",
            TestContext.Current.CancellationToken);
        Assert.Equal(2, results);
    }

    [Fact]
    public async Task A_listener_that_throws_is_told_again_and_later_pods_arrive()
    {
        TestClock clock = new();
        RecordingLogger log = new();
        await using GrpcFixture grpc = new(new EndpointDirectoryOptions { TimeProvider = clock });
        await grpc.PublishAsync(TestPods.Endpoint(0));
        int calls = 0;
        int pods = 0;
        using PodResolver resolver = NewResolver(grpc.Directory, log);
        resolver.Start(result =>
        {
            if (++calls == 2)
                throw new InvalidOperationException("The channel is broken.");
            Volatile.Write(ref pods, result.Addresses!.Count);
        });
        Assert.Equal(1, pods);
        await grpc.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await PassRetryAsync(clock);
        await Wait.ForAsync(() => Volatile.Read(ref pods) == 2, TestContext.Current.CancellationToken);
        await grpc.PublishAsync();
        await Wait.ForAsync(() => Volatile.Read(ref pods) == 0, TestContext.Current.CancellationToken);
        Assert.Equal(
            "Following service-b.k8s-example2 failed; the last known pods stay, and it is tried again.", Assert.Single(log.Texts));
    }

    [Fact]
    public async Task A_source_that_cannot_be_opened_fails_calls_until_it_can()
    {
        TestClock clock = new();
        RecordingLogger log = new();
        await using EndpointDirectory directory = new(
            new BrokenSource(_grpc.Source, faults: 2), new EndpointDirectoryOptions { TimeProvider = clock });
        ResolvedPods? told = null;
        using PodResolver resolver = NewResolver(directory, log);
        resolver.Start(result => Volatile.Write(ref told, (ResolvedPods)result.Addresses!));
        await Wait.ForAsync(() => Volatile.Read(ref told) is not null, TestContext.Current.CancellationToken);
        Assert.Equal("Following service-b.k8s-example2 failed, and is tried again. The source is broken.", told!.Reason);
        _grpc.Source.Push(TestPods.Snapshot(3));
        await PassRetryAsync(clock);
        await Wait.ForAsync(() => Volatile.Read(ref told).Count == 3, TestContext.Current.CancellationToken);
        Assert.Equal(2, log.Entries.Count);
    }

    [Fact]
    public async Task A_released_target_fails_calls_with_the_reason()
    {
        await _grpc.StartSetAsync(1);
        AskClient client = _grpc.Open();
        Assert.Equal("service-b-0", await AskAsync(client));
        await _grpc.Directory.ReleaseAsync(TestPods.Target);
        await UntilAsync(client, "Unavailable: The directory no longer follows k8s-example2/service-b");
    }

    [Fact]
    public async Task A_channel_over_a_disposed_directory_fails_calls()
    {
        await _grpc.Directory.DisposeAsync();
        Status status = await FailAsync(_grpc.Open());
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.StartsWith("The channel no longer follows service-b.k8s-example2.", status.Detail, StringComparison.Ordinal);
    }

    /// <summary>Lets the pause after a first failure pass.</summary>
    private static async Task PassRetryAsync(TestClock clock)
    {
        TimeSpan max = TimeSpan.FromMilliseconds(200);
        await clock.WaitForTimerAsync(due => due > TimeSpan.Zero && due <= max, TestContext.Current.CancellationToken);
        clock.Advance(max);
    }

    private PodResolver NewResolver() => NewResolver(_grpc.Directory, NullLogger.Instance);

    private static PodResolver NewResolver(EndpointDirectory directory, ILogger logger) => new(
        directory,
        Channel.Of(new Uri(GrpcFixture.Address), new BerthGrpcOptions { Ports = TestPods.Ports }),
        null,
        logger);

    /// <summary>A source that throws when it is opened, a number of times.</summary>
    private sealed class BrokenSource(IEndpointSource source, int faults) : IEndpointSource
    {
        private int _faults = faults;

        public IEndpointStream Open(ServiceTarget target, PortScheme ports) =>
            _faults-- > 0 ? throw new InvalidOperationException("The source is broken.") : source.Open(target, ports);
    }
}
