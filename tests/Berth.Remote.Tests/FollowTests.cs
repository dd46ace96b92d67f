using Berth.TestKit;
using Berth.TestKit.Invariants;

namespace Berth.Remote.Tests;

/// <summary>A client of a real dispatcher.</summary>
public sealed class FollowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshot_has_everything_that_the_dispatcher_has()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        SnapshotBuilder builder = new(TestPods.Target, TestPods.Ports);
        builder.Set(PodEndpoint.Create(
            "service-b-0", "k8s-example2", [System.Net.IPAddress.Parse("10.88.0.10")], [new EndpointPort("", 3000)], 0,
            "13c35e4a-fe01-4052-bc6a-bdb173e7e188", "node-1", "zone-1"));
        builder.Set(PodEndpoint.Create(
            "service-b-1", "k8s-example2", [System.Net.IPAddress.Parse("10.88.0.11"), System.Net.IPAddress.Parse("fd00::11")],
            [new EndpointPort("", 3001)], 1, null, ready: false, terminating: true));
        builder.Set(PodEndpoint.Create(
            "service-b-2", "k8s-example2", [System.Net.IPAddress.Parse("203.0.113.2")], [new EndpointPort("", 3002)], 2, "uid-2",
            host: "service-b-2.play.example.com"));
        builder.LeaveOut(new LeftOutPod("web-007", LeftOutReason.NoOrdinal, "'web-007' has leading zeros"));
        builder.Warnings = [new EndpointWarning(EndpointWarningKind.SeveralSets, "Pods of 'a' and of 'b' match.")];
        EndpointSnapshot pushed = builder.Build();
        a.Source.Push(pushed);
        await using EndpointDirectory directory = a.Connect();

        EndpointSnapshot read = await directory.GetEndpointsAsync("k8s-example2", "service-b", 3000, Token);

        Assert.True(SnapshotText.SameContent(pushed, read));
        Assert.Equal("a-1-live", read.SourceVersion);
        Assert.False(read.IsStale);
        Assert.Equal("10.88.0.10:3000", read.FindByOrdinal(0)!.Authority);
        Assert.Same(read.Endpoints[0], read.FindByName("service-b-0"));
        Assert.Null(read.Endpoints[0].Host);
        Assert.Equal("service-b-2.play.example.com:3002", read.FindByOrdinal(2)!.HostAuthority);
    }

    [Fact]
    public async Task Each_change_arrives_and_an_empty_set_is_one()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(TestPods.Endpoint(0));
        await using RemoteRig rig = new RemoteRig([a.Url]).Follow(
            "service-b-0", "service-b-0 service-b-1", "service-b-0:NotReady service-b-1", "service-b-1", "(empty)", "!web-007");
        await rig.UntilLiveAsync("service-b-0");

        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await rig.UntilLiveAsync("service-b-0 service-b-1");
        await a.PublishAsync(TestPods.Endpoint(0, ready: false), TestPods.Endpoint(1));
        await rig.UntilLiveAsync("service-b-0:NotReady service-b-1");
        await a.PublishAsync(TestPods.Endpoint(1));
        await rig.UntilLiveAsync("service-b-1");
        await a.PublishAsync();
        await rig.UntilLiveAsync("(empty)");
        await a.Source.PublishAsync(a.View, [], [new LeftOutPod("web-007", LeftOutReason.NoOrdinal, "no")], Token);
        await rig.UntilLiveAsync("!web-007");
        await a.PublishAsync(TestPods.Endpoint(0));
        EndpointSnapshot last = await rig.UntilLiveAsync("service-b-0");

        Assert.Equal(7, last.Version);
        await rig.FinishAsync();
    }

    [Theory]
    [InlineData(300)]
    [InlineData(20_000)]
    public async Task Set_of_any_size_is_followed(int count)
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        PodEndpoint[] pods = [.. Enumerable.Range(0, count).Select(static i => TestPods.Endpoint(i, address: $"10.77.{i % 250}.1"))];
        await a.PublishAsync(pods);
        await using RemoteRig rig = new RemoteRig([a.Url]);
        rig.Observer.Allow(s => s.Endpoints.Count >= count - 1);
        rig.Follow();
        EndpointSnapshot first = (await rig.UntilAsync(v => v.Current?.Endpoints.Count == count))!;
        Assert.Empty(first.CompareWith(a.View.Current));

        await a.PublishAsync(pods[..^1]);

        EndpointSnapshot second = (await rig.UntilAsync(v => v.Current?.Endpoints.Count == count - 1))!;
        Assert.Same(first.Endpoints[count / 2], second.Endpoints[count / 2]);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Staleness_passes_through_with_its_reason_and_its_time()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(TestPods.Endpoint(0));
        await using RemoteRig rig = new RemoteRig([a.Url]).Follow("service-b-0");
        await rig.UntilLiveAsync("service-b-0");
        a.Time.Advance(TimeSpan.FromSeconds(10));

        await a.FailAsync("The API server is away.");

        EndpointSnapshot stale = (await rig.UntilAsync(static v => v.Current!.IsStale))!;
        Assert.Equal("The API server is away.", stale.StaleReason);
        Assert.Equal(a.View.Current!.StaleSince, stale.StaleSince);
        Assert.Equal(1, stale.Version);
        await a.PublishAsync(TestPods.Endpoint(0));
        Assert.Null((await rig.UntilAsync(static v => !v.Current!.IsStale))!.StaleSince);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Client_that_comes_later_learns_since_when_and_how_old()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(TestPods.Endpoint(0));
        a.Time.Advance(TimeSpan.FromMinutes(7));
        await a.FailAsync("The API server is away.");
        a.Time.Advance(TimeSpan.FromMinutes(3));

        await using RemoteRig rig = new RemoteRig([a.Url]).Follow("service-b-0");

        EndpointSnapshot stale = (await rig.UntilAsync(static v => v.Current is not null))!;
        Assert.Equal("The API server is away.", stale.StaleReason);
        Assert.Equal(a.View.Current!.StaleSince, stale.StaleSince);
        Assert.Equal(TimeSpan.FromMinutes(10), rig.View.Age);
        await rig.FinishAsync(mustBeLive: false);
    }

    [Fact]
    public async Task Age_is_the_dispatchers_and_a_beat_renews_it()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(TestPods.Endpoint(0));
        a.Time.Advance(TimeSpan.FromSeconds(50));
        await using RemoteRig rig = new RemoteRig([a.Url]).Follow("service-b-0");
        await rig.UntilLiveAsync("service-b-0");
        Assert.Equal(TimeSpan.FromSeconds(50), rig.View.Age);

        // A beat without a confirmation does not make it younger. The dispatcher may answer before its beat is set up.
        await a.Time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(15), Token);
        a.Time.Advance(TimeSpan.FromSeconds(15));
        await Wait.UntilAsync(
            () => Task.FromResult(rig.View.Age), static age => age == TimeSpan.FromSeconds(65), Wait.Limit, "the age grows", Token);
        await a.ConfirmAsync();
        a.Time.Advance(TimeSpan.FromSeconds(15));
        await Wait.UntilAsync(
            () => Task.FromResult(rig.View.Age), static age => age <= TimeSpan.FromSeconds(15), Wait.Limit, "the age is new", Token);

        Assert.Equal(1, rig.Current.Version);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Before_the_first_list_the_dispatchers_reason_is_given()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        Task<bool> failed = a.View.WaitForChangeAsync(null, Token);
        a.Source.Fail(TestPods.Target, TestPods.Ports, "Forbidden: list endpointslices.");
        await failed;
        await using RemoteRig rig = new RemoteRig([a.Url]).Follow("service-b-0");

        string failure = await rig.UntilFailureAsync("Forbidden: list endpointslices.");

        Assert.Contains("has no endpoints of k8s-example2/service-b yet", failure, StringComparison.Ordinal);
        await a.PublishAsync(TestPods.Endpoint(0));
        await rig.UntilLiveAsync("service-b-0");
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Target_that_the_dispatcher_does_not_follow_is_its_sentence()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await using EndpointDirectory directory = a.Connect();
        EndpointView view = directory.Follow(new ServiceTarget("k8s-example2", "service-z"), TestPods.Ports);

        await view.WaitForChangeAsync(null, Token);

        Assert.Contains("answered 404. This dispatcher does not follow k8s-example2/service-z.", view.Failure!.Message,
            StringComparison.Ordinal);
    }
}
