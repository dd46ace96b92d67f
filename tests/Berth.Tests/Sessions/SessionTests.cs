using Berth.TestKit;
using Berth.Tests.Backoff;

namespace Berth.Tests.Sessions;

/// <summary>The times at which sessions are opened, replaced and closed.</summary>
public sealed class SessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_pod_has_a_session_until_it_leaves()
    {
        await using SessionHarness harness = new();
        Assert.Empty(harness.Sessions.Current);
        harness.Push(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await harness.WaitAsync(0, EndpointSessionState.Open);
        EndpointSession<FakeSession> one = await harness.WaitAsync(1, EndpointSessionState.Open);
        Assert.Same(one.Session, harness.Sessions.Find(1));
        Assert.Same(one, harness.Sessions.Current.FindByName("service-b-1"));
        Assert.Equal(harness.Clock.GetUtcNow(), one.Since);
        Assert.Equal("2 of 2 open", harness.Sessions.Current.ToString());

        harness.Push(TestPods.Endpoint(0));
        await harness.WaitAsync(static set => set.Count == 1);
        Assert.Equal("service-b-0", Assert.Single(harness.World.Open).Pod.Name);
        Assert.Null(harness.Sessions.Find(1));
        Assert.Null(harness.Sessions.Current.FindByName("service-b-1"));
        Assert.Null(harness.Sessions.Current.FindByName("other-0"));
    }

    [Fact]
    public async Task Session_is_closed_before_its_replacement_is_opened()
    {
        await using SessionHarness harness = new();
        harness.Push(TestPods.Endpoint(0, uid: "a"));
        await harness.WaitAsync(0, EndpointSessionState.Open);
        harness.Push(TestPods.Endpoint(0, uid: "b"));
        await harness.WaitAsync(0, EndpointSessionState.Open, "b");
        Assert.Equal(["open service-b-0 a", "close service-b-0 a", "open service-b-0 b"], harness.World.Events);
    }

    [Fact]
    public async Task Session_stays_while_its_pod_is_not_ready_or_drains()
    {
        await using SessionHarness harness = new();
        harness.Push(TestPods.Endpoint(0));
        FakeSession session = (await harness.WaitAsync(0, EndpointSessionState.Open)).Session!;
        harness.Push(TestPods.Endpoint(0, ready: false));
        await harness.WaitAsync(static set => set.Find(0)!.Pod.State == PodState.NotReady);
        harness.Push(TestPods.Endpoint(0, ready: false, terminating: true));
        await harness.WaitAsync(static set => set.Find(0)!.Pod.State == PodState.Draining);
        Assert.Same(session, harness.Sessions.Find(0));
    }

    [Fact]
    public async Task Session_is_opened_when_its_pod_becomes_ready()
    {
        await using SessionHarness harness = new();
        harness.Push(TestPods.Endpoint(0, ready: false));
        EndpointSession<FakeSession> waiting = await harness.WaitAsync(0, EndpointSessionState.Waiting);
        Assert.Null(waiting.RetryAt);
        Assert.Empty(harness.World.Events);
        harness.Push(TestPods.Endpoint(0));
        await harness.WaitAsync(0, EndpointSessionState.Open);
    }

    [Fact]
    public async Task Broken_session_of_an_unready_pod_waits_for_the_pod()
    {
        await using SessionHarness harness = new();
        harness.Push(TestPods.Endpoint(0));
        FakeSession session = (await harness.WaitAsync(0, EndpointSessionState.Open)).Session!;
        harness.Push(TestPods.Endpoint(0, ready: false));
        await harness.WaitAsync(static set => !set.Find(0)!.Pod.Ready);
        session.Break(new IOException("cut"));
        EndpointSession<FakeSession> waiting = (await harness.WaitAsync(
            static set => set.Find(0) is { State: EndpointSessionState.Waiting, RetryAt: null })).Find(0)!;
        Assert.Equal("cut", waiting.Failure!.Message);
        harness.Push(TestPods.Endpoint(0));
        Assert.NotSame(session, (await harness.WaitAsync(0, EndpointSessionState.Open)).Session);
    }

    [Fact]
    public async Task Sessions_stay_while_the_source_fails_and_after_its_end()
    {
        await using SessionHarness harness = new();
        harness.Push(TestPods.Endpoint(0));
        FakeSession session = (await harness.WaitAsync(0, EndpointSessionState.Open)).Session!;
        harness.Source.Fail(TestPods.Target, TestPods.Ports, "away");
        await PushableSource.WaitForAsync(harness.View, static snapshot => snapshot.IsStale, Cancellation);
        await harness.EndDirectoryAsync();
        Assert.Same(session, harness.Sessions.Find(0));
        session.Break();
        await harness.WaitAsync(0, EndpointSessionState.Waiting);
        // The state is told before the wait is set.
        await harness.Clock.WaitForTimerAsync(static due => due <= TimeSpan.FromMilliseconds(200), Cancellation);
        harness.Clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.NotSame(session, (await harness.WaitAsync(0, EndpointSessionState.Open)).Session);
    }

    [Fact]
    public async Task Filter_leaves_out_pods()
    {
        await using SessionHarness harness = new(filter: static pod => pod.Ordinal != 1);
        harness.Push(TestPods.Snapshot(3).Endpoints);
        await harness.WaitAsync(static set => set.Count == 2);
        Assert.Equal([0, 2], harness.Sessions.Current.Select(static session => session.Pod.Ordinal ?? -1));
    }

    [Fact]
    public async Task Filter_that_throws_closes_nothing_and_is_tried_again()
    {
        bool throws = false;
        await using SessionHarness harness = new(
            filter: _ => Volatile.Read(ref throws) ? throw new InvalidOperationException("no") : true,
            backoff: new FixedBackoff(TimeSpan.FromSeconds(1)));
        harness.Push(TestPods.Endpoint(0));
        FakeSession session = (await harness.WaitAsync(0, EndpointSessionState.Open)).Session!;
        Volatile.Write(ref throws, true);
        harness.Push(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await harness.Log.WaitForAsync("a filter or a backoff of sessions failed", Cancellation);
        await harness.Clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(1), Cancellation);
        Assert.Same(session, Assert.Single(harness.Sessions.Current).Session);
        Volatile.Write(ref throws, false);
        harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await harness.WaitAsync(1, EndpointSessionState.Open);
    }

    [Fact]
    public async Task Pods_without_ordinals_have_sessions_by_name()
    {
        PortScheme ports = PortScheme.Fixed(4000);
        await using SessionHarness harness = new(ports: ports);
        harness.Push(
            PodEndpoint.Create("agent-x7k2p", "games", [System.Net.IPAddress.Loopback], [new EndpointPort("", 4000)]),
            PodEndpoint.Create("agent-b-2", "games", [System.Net.IPAddress.Loopback], [new EndpointPort("", 4000)]));
        await harness.WaitAsync(static set => set.Count == 2 && set.All(static s => s.State == EndpointSessionState.Open));
        Assert.Equal("agent-x7k2p", harness.Sessions.Current.FindByName("agent-x7k2p")!.Session!.Pod.Name);
        Assert.Equal("agent-b-2", harness.Sessions.Current.FindByName("agent-b-2")!.Session!.Pod.Name);
        Assert.Null(harness.Sessions.Find(2));
    }

    [Fact]
    public async Task Of_two_sets_behind_one_service_the_first_has_the_ordinal()
    {
        await using SessionHarness harness = new();
        harness.Push(TestPods.Endpoint(0, "b"), TestPods.Endpoint(0, "a"), TestPods.Endpoint(1, "b"));
        await harness.WaitAsync(static set => set.All(static s => s.State == EndpointSessionState.Open) && set.Count == 2);
        Assert.Equal(["a-0", "b-1"], harness.Sessions.Current.Select(static session => session.Pod.Name));
        harness.Push(TestPods.Endpoint(0, "b"));
        await harness.WaitAsync(static set => set.Count == 1 && set.Find(0)?.Session?.Pod.Name == "b-0");
    }

    [Fact]
    public void Options_state_all_their_faults()
    {
        EndpointSessionsOptions<FakeSession> options = new()
        {
            OpenTimeout = TimeSpan.Zero,
            CloseTimeout = TimeSpan.FromDays(30),
            TimeProvider = null!,
            LoggerFactory = null!,
        };
        Assert.Equal(4, options.FindFaults().Count);
        Assert.Empty(new EndpointSessionsOptions<FakeSession>().FindFaults());
    }
}
