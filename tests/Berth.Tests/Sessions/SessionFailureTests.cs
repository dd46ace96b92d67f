using Berth.TestKit;
using Berth.Tests.Backoff;

namespace Berth.Tests.Sessions;

/// <summary>Openings and closings that fail, hang or are given up.</summary>
public sealed class SessionFailureTests
{
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(7);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_open_is_retried_after_growing_delays()
    {
        int attempts = 0;
        await using SessionHarness harness = new();
        harness.World.Opening = (_, _) => ++attempts < 4 ? throw new IOException($"attempt {attempts}") : Task.CompletedTask;
        harness.Push(TestPods.Endpoint(0));
        for (int failures = 1; failures < 4; failures++)
        {
            EndpointSession<FakeSession> waiting = (await harness.WaitAsync(
                set => set.Find(0) is { State: EndpointSessionState.Waiting } found && found.FailureCount == failures)).Find(0)!;
            Assert.Equal($"attempt {failures}", waiting.Failure!.Message);
            TimeSpan delay = waiting.RetryAt!.Value - waiting.Since;
            Assert.InRange(delay.TotalMilliseconds, 100 << (failures - 1), 200 << (failures - 1));
            await harness.Clock.WaitForTimerAsync(due => Math.Abs((due - delay).TotalMilliseconds) < 1, Cancellation);
            harness.Clock.Advance(delay);
        }

        EndpointSession<FakeSession> open = await harness.WaitAsync(0, EndpointSessionState.Open);
        Assert.Equal("attempt 3", open.Failure!.Message);
        Assert.Null(open.RetryAt);
        Assert.Single(harness.Log.Entries, static entry => entry is { Id: 122, Level: Microsoft.Extensions.Logging.LogLevel.Warning });
    }

    [Fact]
    public async Task Another_process_is_opened_without_the_delay_of_the_one_before()
    {
        await using SessionHarness harness = new();
        harness.World.Opening = static (pod, _) => pod.Uid == "a" ? throw new IOException("refused") : Task.CompletedTask;
        harness.Push(TestPods.Endpoint(0, uid: "a"));
        await harness.WaitAsync(0, EndpointSessionState.Waiting);
        harness.Push(TestPods.Endpoint(0, uid: "b"));
        EndpointSession<FakeSession> open = await harness.WaitAsync(0, EndpointSessionState.Open, "b");
        Assert.Null(open.Failure);
        Assert.Equal(0, open.FailureCount);
    }

    [Fact]
    public async Task Session_that_ends_soon_is_a_failure_and_one_that_lasted_is_not()
    {
        await using SessionHarness harness = new(backoff: new FixedBackoff(TimeSpan.Zero));
        harness.Push(TestPods.Endpoint(0));
        for (int failures = 1; failures < 4; failures++)
        {
            EndpointSession<FakeSession> open = (await harness.WaitAsync(
                set => set.Find(0) is { State: EndpointSessionState.Open } found && found.FailureCount == failures - 1)).Find(0)!;
            open.Session!.Break(new IOException("cut"));
        }

        FakeSession lasting = (await harness.WaitAsync(
            static set => set.Find(0) is { State: EndpointSessionState.Open, FailureCount: 3 })).Find(0)!.Session!;
        harness.Clock.Advance(TimeSpan.FromSeconds(10));
        lasting.Break();
        EndpointSession<FakeSession> again = (await harness.WaitAsync(
            static set => set.Find(0) is { State: EndpointSessionState.Open, FailureCount: 1 })).Find(0)!;
        Assert.Equal("The session with service-b-0 at 10.77.0.1:3000 has ended.", again.Failure!.Message);
    }

    [Fact]
    public async Task Open_that_hangs_is_given_up_and_retried()
    {
        int attempts = 0;
        await using SessionHarness harness = new();
        harness.World.Opening = (_, token) => ++attempts == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        harness.Push(TestPods.Endpoint(0));
        await harness.WaitAsync(0, EndpointSessionState.Opening);
        await harness.Clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(10), Cancellation);
        harness.Clock.Advance(TimeSpan.FromSeconds(10));
        EndpointSession<FakeSession> waiting = await harness.WaitAsync(0, EndpointSessionState.Waiting);
        Assert.Equal("The session with service-b-0 at 10.77.0.1:3000 was not open within 10 s.", waiting.Failure!.Message);
    }

    [Fact]
    public async Task Session_that_arrives_after_its_pod_has_left_is_closed()
    {
        TaskCompletionSource arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using SessionHarness harness = new(closeTimeout: s_closeTimeout);
        harness.World.Opening = (_, _) => arrival.Task;
        harness.Push(TestPods.Endpoint(0));
        await harness.WaitAsync(0, EndpointSessionState.Opening);
        harness.Push();
        await harness.Clock.WaitForTimerAsync(static due => due == s_closeTimeout, Cancellation);
        Assert.Single(harness.Sessions.Current);
        arrival.SetResult();
        await harness.WaitAsync(static set => set.Count == 0);
        Assert.Equal(["open service-b-0 uid-of-service-b-0", "close service-b-0 uid-of-service-b-0"], harness.World.Events);
    }

    [Fact]
    public async Task Disposal_does_not_wait_for_an_open_that_never_ends()
    {
        TaskCompletionSource arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using SessionHarness harness = new(closeTimeout: s_closeTimeout);
        harness.World.Opening = (_, _) => arrival.Task;
        harness.World.Closing = _ =>
        {
            closed.SetResult();
            return Task.CompletedTask;
        };
        harness.Push(TestPods.Endpoint(0));
        await harness.WaitAsync(0, EndpointSessionState.Opening);
        Task disposal = harness.Sessions.DisposeAsync().AsTask();
        await harness.Clock.WaitForTimerAsync(static due => due == s_closeTimeout, Cancellation);
        Assert.False(disposal.IsCompleted);
        harness.Clock.Advance(s_closeTimeout);
        await disposal.WaitAsync(Wait.Limit, Cancellation);
        Assert.Contains(124, harness.Log.Ids);
        arrival.SetResult();
        await closed.Task.WaitAsync(Wait.Limit, Cancellation);
        Assert.Empty(harness.World.Open);
    }

    [Fact]
    public async Task Disposal_does_not_wait_for_a_close_that_never_ends()
    {
        await using SessionHarness harness = new(closeTimeout: s_closeTimeout);
        harness.World.Closing = static _ => Task.Delay(Timeout.Infinite, Cancellation);
        harness.Push(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await harness.WaitAsync(static set => set.Count(static s => s.State == EndpointSessionState.Open) == 2);
        Task disposal = harness.Sessions.DisposeAsync().AsTask();
        await harness.Clock.WaitForTimerAsync(static due => due == s_closeTimeout, Cancellation);
        await harness.Clock.WaitForTimerAsync(static due => due == s_closeTimeout, Cancellation);
        harness.Clock.Advance(s_closeTimeout);
        await disposal.WaitAsync(Wait.Limit, Cancellation);
        Assert.Equal(2, harness.Log.Ids.Count(static id => id == 126));
    }

    [Fact]
    public async Task Exceptions_of_a_close_are_logged_and_stop_nothing()
    {
        await using SessionHarness harness = new();
        harness.World.Closing = static _ => throw new IOException("close failed");
        harness.Push(TestPods.Endpoint(0, uid: "a"));
        await harness.WaitAsync(0, EndpointSessionState.Open);
        harness.Push(TestPods.Endpoint(0, uid: "b"));
        await harness.WaitAsync(0, EndpointSessionState.Open, "b");
        Assert.Equal("close failed", Assert.Single(harness.Log.Entries, static entry => entry.Id == 125).Exception!.Message);
    }

    [Fact]
    public async Task Null_session_and_a_faulty_policy_are_failures_and_not_the_end()
    {
        bool gives = false;
        await using SessionHarness harness = new(backoff: new ThrowingBackoff());
        await using EndpointSessions<object> sessions = new(
            harness.View, (_, _) => Task.FromResult(gives ? new object() : null!),
            new EndpointSessionsOptions<object>
            {
                TimeProvider = harness.Clock,
                Backoff = new ThrowingBackoff(),
                LoggerFactory = harness.Log,
            });
        harness.Push(TestPods.Endpoint(0));
        await harness.Clock.WaitForTimerAsync(static due => due == TimeSpan.FromMinutes(5), Cancellation);
        Assert.Contains("returned null", sessions.Current.Find(0)!.Failure!.Message, StringComparison.Ordinal);
        gives = true;
        harness.Clock.Advance(TimeSpan.FromMinutes(5));
        await foreach (EndpointSessionSet<object> set in sessions.ReadAllAsync(Cancellation))
        {
            if (set.Find(0)!.Session is not null)
                break;
        }
    }

    [Fact]
    public async Task Disposal_closes_all_and_ends_every_wait()
    {
        SessionHarness harness = new();
        harness.Push(TestPods.Snapshot(20).Endpoints);
        await harness.WaitAsync(static set => set.Count(static s => s.State == EndpointSessionState.Open) == 20);
        Task<EndpointSessionSet<FakeSession>> never = harness.WaitAsync(static set => set.Count == 21);
        await harness.Sessions.DisposeAsync();
        await harness.DisposeAsync();
        Assert.Empty(harness.World.Open);
        Assert.Empty(harness.Sessions.Current);
        await Wait.UntilAsync(
            () => Task.FromResult(harness.Clock.Timers), static timers => timers == 0, Wait.Limit, "no timer is left", Cancellation);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => never);
        Assert.False(await harness.Sessions.WaitForChangeAsync(harness.Sessions.Current, Cancellation));
    }

    private sealed class ThrowingBackoff : IBackoffPolicy
    {
        public TimeSpan NextDelay(int failures) => throw new InvalidOperationException("no delay");
    }
}
