using Berth.TestKit;

namespace Berth.Client.Tests;

/// <summary>Watches of a running dispatcher.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Pods_join_leave_and_are_replaced()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(2, uid: "c"), TestPods.Endpoint(0, uid: "a"));
        await using WatchedSets sets = new(rig.Connect());
        EndpointSnapshot first = await sets.UntilAsync("0:a:Ready 2:c:Ready");

        await rig.PublishAsync(TestPods.Endpoint(0, uid: "a"), TestPods.Endpoint(1, uid: "b"), TestPods.Endpoint(2, uid: "c"));
        await sets.UntilAsync("0:a:Ready 1:b:Ready 2:c:Ready");
        await rig.PublishAsync(TestPods.Endpoint(1, uid: "replaced"), TestPods.Endpoint(2, uid: "c", terminating: true));
        EndpointSnapshot last = await sets.UntilAsync("1:replaced:Ready 2:c:Draining");
        Assert.Equal("0:a:Ready 2:c:Ready", WatchedSets.Describe(first));
        Assert.True(last.Version > first.Version && last.Age >= TimeSpan.Zero);
        Assert.Equal("service-b-1", Assert.Single(last.Available).Name);

        rig.Fail("The cluster is away.");
        EndpointSnapshot stale = await sets.UntilAsync("1:replaced:Ready 2:c:Draining stale");
        Assert.Contains("The cluster is away.", stale.StaleReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_stays_while_the_dispatcher_is_away()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0, uid: "a"));
        List<string> reasons = [];
        await using WatchedSets sets = new(rig.Connect(), onRetry: (failure, delay) => reasons.Add($"{failure.Message} {delay}"));
        await sets.UntilAsync("0:a:Ready");

        rig.Relay.TurnsAway = true;
        rig.Relay.Cut(reset: true);
        EndpointSnapshot stale = await sets.UntilAsync("0:a:Ready stale");
        Assert.NotNull(stale.StaleReason);
        rig.Relay.TurnsAway = false;
        await sets.UntilAsync("0:a:Ready");
        Assert.NotEmpty(reasons);
        await rig.PublishAsync(TestPods.Endpoint(1, uid: "b"));
        await sets.UntilAsync("1:b:Ready");
    }

    [Fact]
    public async Task Stream_that_falls_silent_is_left()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0, uid: "a"));
        await using WatchedSets sets = new(rig.Connect(new BerthClientOptions { IdleTimeout = TimeSpan.FromMilliseconds(300) }));
        await sets.UntilAsync("0:a:Ready");
        rig.Relay.SilenceTheseConnections();
        await rig.PublishAsync(TestPods.Endpoint(1, uid: "b"));
        await sets.UntilAsync("1:b:Ready");
    }

    [Fact]
    public async Task Next_dispatcher_is_watched_where_one_is_away()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0, uid: "a"));
        List<TimeSpan> delays = [];
        await using WatchedSets sets = new(
            rig.Connect(null, $"http://127.0.0.1:{FreePorts.Take()}"), onRetry: (_, delay) => delays.Add(delay));
        await sets.UntilAsync("0:a:Ready");
        Assert.Equal([TimeSpan.Zero], delays);
    }

    [Fact]
    public async Task Refused_watch_throws_before_its_first_set()
    {
        await using ClientRig rig = await ClientRig.StartAsync(token: "secret-0123456789");
        await rig.PublishAsync(TestPods.Endpoint(0, uid: "a"));
        string token = "wrong-0123456789";
        BerthClientOptions options = new() { Token = () => token };
        await using (WatchedSets refused = new(rig.Connect(options)))
            Assert.Equal(401, (await Assert.ThrowsAsync<BerthException>(refused.MoveAsync)).Status);
        token = "secret-0123456789";
        await using (WatchedSets unknown = new(rig.Connect(options), "k8s-example2/other"))
        {
            Assert.Equal(
                "urn:berth:problem:unknown-target", (await Assert.ThrowsAsync<BerthException>(unknown.MoveAsync)).Type);
        }

        await using WatchedSets sets = new(rig.Connect(options));
        await sets.UntilAsync("0:a:Ready");
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_and_the_connection()
    {
        await using ClientRig rig = await ClientRig.StartAsync();
        await rig.PublishAsync(TestPods.Endpoint(0, uid: "a"));
        WatchedSets sets = new(rig.Connect());
        await sets.UntilAsync("0:a:Ready");
        Task<bool> next = sets.MoveAsync();
        Assert.False(next.IsCompleted);
        sets.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await sets.DisposeAsync();
        await Wait.UntilAsync(
            () => Task.FromResult(rig.Relay.IsUsed), static isUsed => !isUsed, Wait.Limit, "the connection to end", ClientRig.Cancelled);
    }
}
