namespace Berth.Faults;

/// <summary>Fault 61: two StatefulSets with one port plan on one node.</summary>
public sealed class ClashTests : FaultTest
{
    [Fact]
    public async Task F61_clashes_between_targets_name_both_sides_and_end_with_them()
    {
        await StartAsync(Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Json.Slice(
            "s", "90", Json.Pod("b-0", "10.0.0.1", "b0"), Json.Pod("b-1", "10.0.0.1", "b1"))));
        await UntilAsync(Slices.State(2));
        Assert.Empty(Rig.Directory.FindPortClashes());

        // Both are Ready: the probe of the second reached the listener of the first.
        EndpointView other = Rig.Directory.Follow(new ServiceTarget("k8s-example2", "service-c"), TestPods.Ports);
        await AnswerListAsync(Json.List("100", OfOther("90", Json.Pod("c-0", "10.0.0.2", "c0"), Json.Pod("c-1", "10.0.0.1", "c1"))));
        ScriptedExchange otherWatch = await WatchAsync("100");
        await Wait.ForAsync(() => other.Current is not null, Token);
        Rig.DirectoryTime.Advance(TimeSpan.FromSeconds(1));
        PortClash clash = Assert.Single(Rig.Directory.FindPortClashes());

        Assert.Equal(("10.0.0.1", 3001, "TCP"), (clash.Address.ToString(), clash.Port, clash.Protocol));
        Assert.Equal(
            ["k8s-example2/service-b b-1", "k8s-example2/service-c c-1"],
            clash.Claims.Select(static claim => $"{claim.Target} {claim.Pod}").Order(StringComparer.Ordinal));
        Assert.True(clash.IsBetweenTargets);
        Assert.Contains("b-1 of k8s-example2/service-b", clash.ToString(), StringComparison.Ordinal);
        // Nothing shows which side is wrong, so both stay.
        Assert.Equal(2, Rig.Current.Available.Count);
        Assert.Empty(Rig.Current.FindPortClashes());

        // The same pod behind a second Service does not clash.
        await otherWatch.SendEventAsync("MODIFIED", OfOther("101", Json.Pod("b-1", "10.0.0.1", "b1")));
        await Wait.ForAsync(() => other.Current is { Endpoints: [{ Name: "b-1" }] }, Token);
        Rig.DirectoryTime.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Rig.Directory.FindPortClashes());

        // A pod that terminates gives its port up.
        await otherWatch.SendEventAsync("MODIFIED", OfOther("102", Json.Pod("c-1", "10.0.0.1", "c1", ready: false, terminating: true)));
        await Wait.ForAsync(() => other.Current is { Endpoints: [{ Terminating: true }] }, Token);
        Rig.DirectoryTime.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Rig.Directory.FindPortClashes());
        await watch.SendEventAsync("MODIFIED", Json.Slice("s", "103", Json.Pod("b-0", "10.0.0.1", "b0")));
        await UntilAsync(Slices.State(1));
    }

    private static string OfOther(string version, params string[] pods) =>
        Json.Slice("t", version, pods).Replace("\"service-b\"", "\"service-c\"", StringComparison.Ordinal);
}
