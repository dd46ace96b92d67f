namespace Berth.Faults;

/// <summary>Fault 110: the control plane says that no pod is ready, and is wrong for minutes.</summary>
public class LastResortTests : FaultTest
{
    private const string NoneReady = "b-0:NotReady b-1:NotReady b-2:Draining";

    [Fact]
    public async Task F110_the_last_resort_hands_out_pods_while_none_is_ready_and_says_so()
    {
        await StartAsync(new RigOptions { LastResort = true }, "b-0 b-1 b-2", NoneReady, "b-0 b-1:NotReady b-2:Draining");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(3, "90")));
        Assert.Empty((await UntilAsync("b-0 b-1 b-2")).Warnings);

        await watch.SendEventAsync("MODIFIED", Slice("101", firstIsReady: false));
        EndpointSnapshot none = await UntilAsync(NoneReady);
        Assert.Equal(["b-0", "b-1"], none.Available.Select(static pod => pod.Name));
        Assert.All(none.Available, static pod => Assert.Equal((PodState.NotReady, true), (pod.State, pod.IsAvailable)));
        Assert.Equal(EndpointWarningKind.NoneReady, Assert.Single(none.Warnings).Kind);
        Assert.Null(none.UnavailableReason);
        await Observer.Log.LoggedAsync(104, 1, Token);

        await watch.SendEventAsync("MODIFIED", Slice("102", firstIsReady: true));
        EndpointSnapshot one = await UntilAsync("b-0 b-1:NotReady b-2:Draining");
        Assert.Equal("b-0", Assert.Single(one.Available).Name);
        Assert.Empty(one.Warnings);
        Assert.Equal(PodChangeKind.Ready, Assert.Single(one.CompareWith(none)).Kind);
        await Observer.Log.LoggedAsync(105, 1, Token);
    }

    [Fact]
    public async Task F110_without_it_no_pod_is_available_and_the_reason_is_said()
    {
        await StartAsync(NoneReady);
        await ListAndWatchAsync(Json.List("100", Slice("90", firstIsReady: false)));
        EndpointSnapshot none = await UntilAsync(NoneReady);
        Assert.Empty(none.Available);
        Assert.Empty(none.Warnings);
        Assert.Contains("none is ready: b-0 is not-ready", none.UnavailableReason, StringComparison.Ordinal);
    }

    private static string Slice(string version, bool firstIsReady) => Json.Slice(
        "s", version, Slices.Pod(0, firstIsReady), Slices.Pod(1, ready: false),
        Json.Pod("b-2", "10.0.0.3", "uid-2", ready: false, serving: true, terminating: true));
}
