using Berth.Grpc.Resolving;
using Berth.TestKit;
using Grpc.Core;
using Grpc.Net.Client.Balancer;
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

    private PodResolver NewResolver() => new(
        _grpc.Directory,
        Channel.Of(new Uri(GrpcFixture.Address), new BerthGrpcOptions { Ports = TestPods.Ports }),
        null,
        NullLogger.Instance);
}
