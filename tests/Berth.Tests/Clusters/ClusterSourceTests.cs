using System.Globalization;
using Berth.Checks;
using Berth.Clusters;
using Berth.TestKit;

namespace Berth.Tests.Clusters;

/// <summary>Several clusters as one set.</summary>
public sealed class ClusterSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_of_one_name_and_address_in_two_clusters_are_two_pods()
    {
        await using TwoClusters clusters = new();
        clusters.Push("east", 2);
        clusters.Push("west", 1);
        EndpointSnapshot both = await clusters.UntilAsync("east: 0 1; west: 0", Token);

        Assert.Equal(["east service-b-0", "east service-b-1", "west service-b-0"], both.Endpoints.Select(e => $"{e.Cluster} {e.Name}"));
        Assert.Equal(3, both.Available.Count);
        Assert.Equal("east", both.FindByOrdinal(0)!.Cluster);
        Assert.Equal("east", both.FindByName("service-b-1")!.Cluster);
        Assert.Null(both.FindByOrdinal(2));
        Assert.Empty(both.FindPortClashes());
        Assert.Empty(clusters.Directory.FindPortClashes());
        Assert.False(both.IsStale);
    }

    [Fact]
    public async Task Clash_inside_a_cluster_names_it()
    {
        await using TwoClusters clusters = new();
        PodEndpoint other = PodEndpoint.Create(
            "match-0", TestPods.Target.Namespace, [System.Net.IPAddress.Parse("10.77.0.1")], [new EndpointPort("", 3000)], 7, "match-7",
            cluster: "west");
        clusters.Push("east", 1);
        clusters.Push("west", TwoClusters.Pod("west", 0), other);
        EndpointSnapshot both = await clusters.UntilAsync("east: 0; west: 0 7", Token);
        PortClash clash = Assert.Single(both.FindPortClashes());
        Assert.Equal(["west/match-0", "west/service-b-0"], clash.Claims.Select(static claim => $"{claim.Cluster}/{claim.Pod}").Order());
        Assert.Contains("all claim 10.77.0.1:3000/TCP in cluster west.", clash.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ordinal_of_the_second_cluster_alone_is_found_there()
    {
        await using TwoClusters clusters = new();
        clusters.Push("east", 1);
        clusters.Push("west", 3);
        EndpointSnapshot both = await clusters.UntilAsync("east: 0; west: 0 1 2", Token);
        Assert.Equal("west", both.FindByOrdinal(2)!.Cluster);
        Assert.Equal("west", both.FindByName("service-b-2")!.Cluster);
    }

    [Fact]
    public async Task Change_in_one_cluster_is_a_change_of_that_cluster_alone()
    {
        await using TwoClusters clusters = new();
        clusters.Push("east", 2);
        clusters.Push("west", 2);
        EndpointSnapshot before = await clusters.UntilAsync("east: 0 1; west: 0 1", Token);
        clusters.Push("west", 1);
        EndpointSnapshot after = await clusters.UntilAsync("east: 0 1; west: 0", Token);

        PodChange change = Assert.Single(after.CompareWith(before));
        Assert.Equal((PodChangeKind.Left, "west", "service-b-1"), (change.Kind, change.Before!.Cluster, change.Name));
        Assert.Same(before.Endpoints[0], after.Endpoints[0]);
        Assert.Equal(4, before.CompareWith(null).Count);
    }

    [Fact]
    public async Task F107_silence_of_one_cluster_ages_only_its_own_pods()
    {
        TestClock time = new();
        await using TwoClusters clusters = new(time);
        clusters.Push("east", 1);
        clusters.Push("west", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
        clusters.Fail("west", "The API server of west is away.");
        EndpointSnapshot half = await clusters.UntilAsync("east: 0; west: 0 (stale)", Token);

        Assert.False(half.IsStale);
        Assert.Equal(2, half.Available.Count);
        Assert.Equal("The API server of west is away.", half.Clusters[1].Reason);
        // The pause before west is read again; the 40 s end it.
        await time.WaitForTimerAsync(static due => due > TimeSpan.Zero && due <= TimeSpan.FromMilliseconds(250), Token);
        time.Advance(TimeSpan.FromSeconds(40));
        clusters.Push("east", 2);
        EndpointSnapshot later = await clusters.UntilAsync("east: 0 1; west: 0 (stale)", Token);
        Assert.Equal(TimeSpan.Zero, later.Clusters[0].Age);
        Assert.True(later.Clusters[1].Age >= TimeSpan.FromSeconds(40), $"It is {later.Clusters[1].Age}.");
        Assert.Equal(TimeSpan.Zero, clusters.View.Age);

        clusters.Push("west", 1);
        EndpointSnapshot back = await clusters.UntilAsync("east: 0 1; west: 0", Token);
        Assert.Null(back.Clusters[1].Reason);
        Assert.Equal(TimeSpan.Zero, back.Clusters[1].Age);
    }

    [Fact]
    public async Task Set_is_stale_while_every_cluster_is()
    {
        await using TwoClusters clusters = new();
        clusters.Push("east", 1);
        clusters.Push("west", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
        clusters.Fail("west", "West is away.");
        clusters.Fail("east", "East is away.");
        EndpointSnapshot stale = await PushableSource.WaitForAsync(clusters.View, static s => s.IsStale, Token);
        Assert.Equal("Cluster east: East is away. Cluster west: West is away.", stale.StaleReason);
        Assert.Equal(2, stale.Available.Count);
        clusters.Push("west", 1);
        Assert.False((await clusters.UntilAsync("east: 0 (stale); west: 0", Token)).IsStale);
    }

    [Fact]
    public async Task First_snapshot_waits_for_a_cluster_without_answer_or_failure()
    {
        TestClock time = new();
        await using TwoClusters clusters = new(time);
        EndpointView view = clusters.View;
        clusters.Push("west", 1);
        await time.WaitForTimerAsync(due => due == ClusterStream.Patience, Token);
        Assert.Null(view.Current);
        time.Advance(ClusterStream.Patience);
        EndpointSnapshot first = await clusters.UntilAsync("east: (not listed); west: 0", Token);
        Assert.False(first.IsStale);
        clusters.Push("east", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
    }

    [Fact]
    public async Task Cluster_that_fails_at_first_does_not_hold_up_the_others()
    {
        await using TwoClusters clusters = new(new TestClock());
        clusters.Fail("east", "East cannot be reached.");
        clusters.Push("west", 1);
        EndpointSnapshot first = await clusters.UntilAsync("east: (not listed); west: 0", Token);
        Assert.Equal("East cannot be reached.", first.Clusters[0].Reason);
        Assert.Null(first.Clusters[0].Age);
    }

    [Fact]
    public async Task Failure_of_every_cluster_at_first_names_each()
    {
        TestClock time = new();
        await using TwoClusters clusters = new(time);
        clusters.Fail("east", "East cannot be reached.");
        clusters.Fail("west", "West cannot be reached.");
        EndpointView view = clusters.View;
        await Wait.ForAsync(() => view.Failure is not null, Token);
        Assert.Equal("Cluster east: East cannot be reached. Cluster west: West cannot be reached.", view.Failure!.Message);
        clusters.Push("west", 1);
        Task<EndpointSnapshot> first = clusters.UntilAsync("east: (not listed); west: 0", Token);
        await Wait.ForAsync(() => first.IsCompleted, () => time.Advance(TimeSpan.FromMilliseconds(250)), Token);
        await first;
    }

    [Fact]
    public async Task Cluster_older_than_the_limit_is_not_served()
    {
        TestClock time = new();
        await using TwoClusters clusters = new(time, maxStale: TimeSpan.FromSeconds(30));
        clusters.Push("east", 1);
        clusters.Push("west", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
        clusters.Fail("east", "East is away.");
        await clusters.UntilAsync("east: 0 (stale); west: 0", Token);
        TimeSpan due = TimeSpan.FromMilliseconds(30_001);
        await time.WaitForTimerAsync(wait => wait == due, Token);
        time.Advance(due);
        EndpointSnapshot without = await clusters.UntilAsync("east: 0 (too stale); west: 0", Token);
        Assert.Equal(["west"], without.Endpoints.Select(static pod => pod.Cluster));
        clusters.Push("east", 1);
        Task<EndpointSnapshot> back = clusters.UntilAsync("east: 0; west: 0", Token);
        // The wait before the next try may not have started.
        await Wait.ForAsync(() => back.IsCompleted, () => time.Advance(TimeSpan.FromMilliseconds(250)), Token);
        Assert.Equal(2, (await back).Endpoints.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Target_that_is_let_go_of_while_stale_leaves_no_timer(bool isReleased)
    {
        TestClock time = new();
        await using TwoClusters clusters = new(time, maxStale: TimeSpan.FromDays(20));
        clusters.Push("east", 1);
        clusters.Push("west", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
        clusters.Fail("east", "East is away.");
        await clusters.UntilAsync("east: 0 (stale); west: 0", Token);
        await time.WaitForTimerAsync(static due => due > TimeSpan.FromDays(19), Token);
        if (isReleased)
            Assert.True(await clusters.Directory.ReleaseAsync(TestPods.Target));
        else
            await clusters.Directory.DisposeAsync();
        Assert.Equal(0, time.Timers);
    }

    [Theory]
    [InlineData("60.00:00:00")]
    [InlineData("10675199.02:48:05.4775807")]
    public async Task Limit_beyond_a_timer_leaves_a_stale_cluster_served(string limit)
    {
        TestClock time = new();
        await using TwoClusters clusters = new(time, maxStale: TimeSpan.Parse(limit, CultureInfo.InvariantCulture));
        clusters.Push("east", 1);
        clusters.Push("west", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
        clusters.Fail("east", "East is away.");
        await clusters.UntilAsync("east: 0 (stale); west: 0", Token);
        // The wait is cut to what a timer takes, and begins again after it.
        await time.WaitForTimerAsync(static due => due == TimerLimit.Max, Token);
        clusters.Push("west", 2);
        await clusters.UntilAsync("east: 0 (stale); west: 0 1", Token);
        await time.WaitForTimerAsync(static due => due == TimerLimit.Max, Token);
        Assert.Equal(0, clusters.View.FailureCount);
        Assert.Null(clusters.View.Failure);
    }

    [Fact]
    public async Task Each_cluster_has_a_snapshot_file_of_its_own()
    {
        using TestFolder folder = new();
        string file = folder["snapshot"];
        await using (TwoClusters clusters = new(snapshotFile: file))
        {
            clusters.Push("east", 1);
            clusters.Push("west", 2);
            await clusters.UntilAsync("east: 0; west: 0 1", Token);
        }

        Assert.Equal(["snapshot.east", "snapshot.west"], System.IO.Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order());
        await using TwoClusters restarted = new(snapshotFile: file);
        restarted.Push("west", 1);
        EndpointSnapshot read = await restarted.UntilAsync("east: 0 (stale); west: 0", Token);
        Assert.Equal(["east", "west"], read.Endpoints.Select(static pod => pod.Cluster));
    }

    [Fact]
    public async Task Released_target_is_let_go_of_in_every_cluster()
    {
        await using TwoClusters clusters = new();
        clusters.Push("east", 1);
        clusters.Push("west", 1);
        await clusters.UntilAsync("east: 0; west: 0", Token);
        Assert.True(await clusters.Directory.ReleaseAsync(TestPods.Target));
        Assert.Empty(clusters.East.Opened);
        Assert.Empty(clusters.West.Opened);
        EndpointView again = clusters.View;
        clusters.Push("east", 1);
        clusters.Push("west", 2);
        await PushableSource.WaitForAsync(again, static s => TwoClusters.TextOf(s) == "east: 0; west: 0 1", Token);
    }

    [Theory]
    [InlineData("east east", "The cluster east is given twice.")]
    [InlineData("East", "The cluster name 'East' contains 'E'")]
    [InlineData("", "There is no cluster.")]
    public void Names_with_a_fault_are_refused_with_a_sentence(string names, string sentence)
    {
        string[] all = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith(sentence, Assert.Single(ClusterEndpointSource.FindFaults(all)), StringComparison.Ordinal);
    }
}
