using System.Net;
using System.Net.Sockets;
using Berth.TestKit;
using Grpc.Core;
using static Berth.Grpc.GrpcFixture;

namespace Berth.Grpc;

/// <summary>Calls over real channels to real servers, while pods come and go.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private readonly GrpcFixture _grpc;

    public ChannelTests() => _grpc = new GrpcFixture(new EndpointDirectoryOptions { TimeProvider = _clock });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _grpc.DisposeAsync();

    [Fact]
    public async Task Calls_go_round_all_ready_pods()
    {
        await _grpc.StartSetAsync(3);
        AskClient client = _grpc.Open();
        await UntilAllAnswerAsync(client, "service-b-0", "service-b-1", "service-b-2");
        SortedDictionary<string, int> counts = await CountAsync(client, 30);
        Assert.Equal([10, 10, 10], counts.Values);
    }

    [Fact]
    public async Task One_pod_address_reaches_only_that_pod()
    {
        await _grpc.StartSetAsync(3);
        AskClient client = _grpc.Open("berth:///service-b-2.service-b.k8s-example2");
        Assert.Equal(["service-b-2"], (await CountAsync(client, 5)).Keys);
    }

    [Fact]
    public async Task One_pod_that_is_not_ready_fails_with_its_reason()
    {
        PodServer[] servers = await _grpc.StartSetAsync(2);
        AskClient client = _grpc.Open("berth:///service-b-1.service-b.k8s-example2");
        Assert.Equal("service-b-1", await AskAsync(client));

        await _grpc.PublishAsync(servers[0].Pod(0), servers[1].Pod(1, ready: false));
        await UntilAsync(client, "Unavailable");
        Status status = await FailAsync(client);
        Assert.Contains("pod:service-b-1 finds none of the 1 available pods", status.Detail, StringComparison.Ordinal);

        await _grpc.PublishAsync(servers[0].Pod(0), servers[1].Pod(1));
        await UntilAsync(client, "service-b-1");
    }

    [Fact]
    public async Task No_snapshot_in_time_is_unavailable_and_heals()
    {
        AskClient client = _grpc.Open();
        Task<Status> failing = FailAsync(client);
        await _clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(failing.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Status status = await failing;
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.StartsWith("No endpoints of k8s-example2/service-b arrived within 10 s.", status.Detail, StringComparison.Ordinal);

        await _grpc.StartSetAsync(1);
        await UntilAsync(client, "service-b-0");
    }

    [Theory]
    [InlineData(true, "has 1 pod, and none is ready")]
    [InlineData(false, "has no pods")]
    public async Task Nothing_ready_after_a_good_list_fails_calls(bool isThere, string reason)
    {
        PodServer[] servers = await _grpc.StartSetAsync(1);
        AskClient client = _grpc.Open();
        Assert.Equal("service-b-0", await AskAsync(client));

        await _grpc.PublishAsync(isThere ? [servers[0].Pod(0, ready: false)] : []);
        await UntilAsync(client, "Unavailable");
        Assert.Contains(reason, (await FailAsync(client)).Detail, StringComparison.Ordinal);

        await _grpc.PublishAsync(servers[0].Pod(0));
        await UntilAsync(client, "service-b-0");
    }

    [Fact]
    public async Task Nothing_ready_at_first_fails_and_then_heals()
    {
        await _grpc.PublishAsync();
        AskClient client = _grpc.Open();
        Assert.Equal(StatusCode.Unavailable, (await FailAsync(client)).StatusCode);
        await _grpc.StartSetAsync(2);
        await UntilAllAnswerAsync(client, "service-b-0", "service-b-1");
    }

    [Fact]
    public async Task A_set_that_is_scaled_is_followed()
    {
        PodServer[] servers = await _grpc.StartSetAsync(2);
        AskClient client = _grpc.Open();
        await UntilAllAnswerAsync(client, "service-b-0", "service-b-1");

        PodServer third = await _grpc.StartAsync("service-b-2");
        await _grpc.PublishAsync(servers[0].Pod(0), servers[1].Pod(1), third.Pod(2));
        await UntilAllAnswerAsync(client, "service-b-2");

        await _grpc.PublishAsync(servers[0].Pod(0));
        await UntilAsync(client, "service-b-0");
        await Wait.UntilAsync(
            () => CountAsync(client, 6), static counts => counts.Count == 1, Wait.Limit, "one pod", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_killed_pod_is_passed_over_by_calls_without_a_name()
    {
        PodServer[] servers = await _grpc.StartSetAsync(3);
        AskClient client = _grpc.Open();
        await UntilAllAnswerAsync(client, "service-b-0", "service-b-1", "service-b-2");

        await servers[1].KillAsync();
        await UntilAsync(
            client, "Unavailable: service-b-1 does not accept connections at 127.0.0.1", BerthMetadata.Pod, "service-b-1");
        // The snapshot still has the pod.
        Assert.Equal(3, _grpc.View.Current!.Available.Count);
        Assert.Equal(["service-b-0", "service-b-2"], (await CountAsync(client, 10)).Keys);
    }

    [Fact]
    public async Task A_pod_killed_before_its_first_call_is_passed_over()
    {
        PodServer living = await _grpc.StartAsync("living");
        using TcpListener dying = new(IPAddress.Loopback, 0);
        dying.Start();
        PodEndpoint pod = PodEndpoint.Create(
            "service-b-1", TestPods.Target.Namespace, [IPAddress.Loopback],
            [new EndpointPort("", ((IPEndPoint)dying.LocalEndpoint).Port)], 1);
        await _grpc.PublishAsync(living.Pod(0), pod);
        AskClient client = _grpc.Open();
        Assert.Equal("living", await AskAsync(client, BerthMetadata.Ordinal, "0"));
        using (Socket connection = await dying.AcceptSocketAsync(TestContext.Current.CancellationToken))
            dying.Stop();

        // The library believes that it is connected, and would fail each second call from now on.
        await UntilAsync(client, "Unavailable: service-b-1 does not accept connections", BerthMetadata.Pod, "service-b-1");
        Assert.Equal(["living"], (await CountAsync(client, 10)).Keys);
    }

    [Fact]
    public async Task A_pod_that_is_ready_again_is_tried_without_backoff()
    {
        PodServer first = await _grpc.StartAsync("first", FreePorts.Take());
        await _grpc.PublishAsync(first.Pod(0));
        AskClient client = _grpc.Open(configure: static options => options.InitialReconnectBackoff = TimeSpan.FromDays(1));
        Assert.Equal("first", await AskAsync(client));

        await first.KillAsync();
        await UntilAsync(client, "Unavailable");
        await using PodServer second = await PodServer.StartAsync("second", first.Port);
        // The same address and name, in another process: only the UID tells.
        await _grpc.PublishAsync(second.Pod(0, uid: "uid-of-second"));
        await UntilAsync(client, "second");
    }

    [Fact]
    public async Task A_call_in_flight_outlives_its_pod_in_the_list()
    {
        await _grpc.StartSetAsync(1);
        AskClient client = _grpc.Open();
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using AsyncServerStreamingCall<string> call = client.Follow(new CallOptions(cancellationToken: cancelled));
        Assert.True(await call.ResponseStream.MoveNext(cancelled));

        await _grpc.PublishAsync();
        await UntilAsync(client, "Unavailable");
        Task<bool> next = call.ResponseStream.MoveNext(cancelled);
        Assert.False(next.IsCompleted);
        call.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => next);
    }

    [Fact]
    public async Task A_failing_source_changes_nothing()
    {
        await _grpc.StartSetAsync(1);
        AskClient client = _grpc.Open();
        Assert.Equal("service-b-0", await AskAsync(client));
        _grpc.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(_grpc.View, static snapshot => snapshot.IsStale, TestContext.Current.CancellationToken);
        Assert.Equal("service-b-0", await AskAsync(client));
    }
}
