namespace Berth.Faults;

/// <summary>Faults 43, 59 and 60: pods of several StatefulSets, and other pods, behind one Service.</summary>
public class SetMeaningTests : FaultTest
{
    private static readonly string[] s_strangers =
    [
        Json.Pod("e7-900", "10.0.1.1", "u1"),
        Json.Pod("other-5", "10.0.1.2", "u2"),
        Json.Pod("e7-6d4cf56db6-24678", "10.0.1.3", "u3"),
    ];

    [Fact]
    public async Task F43_of_two_StatefulSets_of_one_Service_one_is_followed()
    {
        await StartAsync("a-0 a-1 !c-0 !c-1");
        await ListAndWatchAsync(Json.List(
            "100",
            Json.Slice("t", "91", Json.Pod("c-0", "10.0.0.1", "c0"), Json.Pod("c-1", "10.0.0.3", "c1")),
            Json.Slice("s", "90", Json.Pod("a-0", "10.0.0.1", "a0"), Json.Pod("a-1", "10.0.0.2", "a1"))));
        EndpointSnapshot snapshot = await UntilAsync("a-0 a-1 !c-0 !c-1");

        Assert.Equal("a-1", snapshot.FindByOrdinal(1)!.Name);
        Assert.Empty(snapshot.FindPortClashes());
        Assert.All(snapshot.LeftOut, static pod => Assert.Equal(LeftOutReason.OtherSet, pod.Reason));
        Assert.Contains("'a'", snapshot.LeftOut[0].Detail, StringComparison.Ordinal);
        await AssertWarnsAsync(snapshot, 1, "'a'", "'c'");
    }

    [Fact]
    public async Task F43_a_roll_of_the_followed_set_does_not_move_clients_to_the_other()
    {
        await BuildAsync(null);
        Observer.Allow(static s => s.Endpoints.All(static e => e.Name.StartsWith("a-", StringComparison.Ordinal)));
        Rig.Follow();
        string[] both = [.. Enumerable.Range(0, 3).SelectMany(static i => new[] { Of("a", i), Of("c", i) })];
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", both)));
        await UntilAsync("a-0 a-1 a-2 !c-0 !c-1 !c-2");
        for (int i = 0; i < 3; i++)
        {
            string gone = Of("a", i);
            await watch.SendEventAsync("MODIFIED", Json.Slice("s", $"{101 + (2 * i)}", [.. both.Where(pod => pod != gone)]));
            await Rig.UntilAsync(static v => v.Current!.Endpoints.Count == 2);
            await watch.SendEventAsync("MODIFIED", Json.Slice("s", $"{102 + (2 * i)}", both));
            await UntilAsync("a-0 a-1 a-2 !c-0 !c-1 !c-2");
        }

        // Scaled to zero while the other stays: then, and only then, it is followed.
        Observer.Allow("c-0 c-1 c-2");
        await watch.SendEventAsync("MODIFIED", Json.Slice("s", "110", [.. Enumerable.Range(0, 3).Select(static i => Of("c", i))]));
        EndpointSnapshot other = await UntilAsync("c-0 c-1 c-2");
        Assert.Empty(other.Warnings);
        await Observer.Log.LoggedAsync(104, 1, Token);
        await Observer.Log.LoggedAsync(105, 1, Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F59_strangers_behind_the_Service_get_no_ordinal(bool strangersFirst)
    {
        const string State = "b-0 b-1 b-2 !e7-6d4cf56db6-24678 !e7-900 !other-5";
        await BuildAsync(null, Slices.State(3), State, "e7-900 !e7-6d4cf56db6-24678 !other-5");
        Rig.Follow();
        string own(string version) => Slices.Of(3, version);
        string foreign(string version) => Json.Slice("t", version, s_strangers);
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", strangersFirst ? foreign("90") : own("90")));
        await UntilLiveAsync();
        await watch.SendEventAsync("ADDED", strangersFirst ? own("101") : foreign("101"));
        EndpointSnapshot snapshot = await UntilAsync(State);

        Assert.All(snapshot.LeftOut, static pod => Assert.Equal(LeftOutReason.OtherSet, pod.Reason));
        Assert.Equal("b-2", snapshot.Endpoints[^1].Name);
        // If the other pods came first, the warning was shown before.
        await AssertWarnsAsync(snapshot, strangersFirst ? 2 : 1, "'b'", "'e7'", "'other'");

        // The same behind a 410.
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Json.List("200", foreign("101"), own("101")));
        await ConfirmedAsync(async () => await (await WatchAsync("200")).SendEventAsync("BOOKMARK", Json.Bookmark("201")));
        Assert.Same(snapshot.Endpoints, Rig.Current.Endpoints);
    }

    [Fact]
    public async Task F59_a_generated_name_alone_is_no_set()
    {
        await StartAsync("!front-6d4f9c-24567", "front-6d4f9c-0 front-6d4f9c-24567");
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Json.Slice("s", "90", Json.Pod("front-6d4f9c-24567", "10.0.0.1", "u1"))));
        EndpointSnapshot alone = await UntilAsync("!front-6d4f9c-24567");
        Assert.Contains("generated", Assert.Single(alone.LeftOut).Detail, StringComparison.Ordinal);

        // Another pod of its stem shows that it is a set.
        await watch.SendEventAsync("MODIFIED", Json.Slice(
            "s", "101", Json.Pod("front-6d4f9c-24567", "10.0.0.1", "u1"), Json.Pod("front-6d4f9c-0", "10.0.0.2", "u2")));
        await UntilAsync("front-6d4f9c-0 front-6d4f9c-24567");
    }

    [Fact]
    public async Task F59_the_set_with_the_Services_name_counts_however_few_its_pods()
    {
        string[] others = [.. Enumerable.Range(0, 4).Select(static i => Of("b", i))];
        string own = Json.Pod("service-b-0", "10.0.2.1", "own");
        await StartAsync(Slices.State(4), "service-b-0 !b-0 !b-1 !b-2 !b-3", "!b-0 !b-1 !b-2 !b-3");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", others)));
        await UntilAsync(Slices.State(4));
        await watch.SendEventAsync("MODIFIED", Json.Slice("s", "101", [.. others, own]));
        await UntilAsync("service-b-0 !b-0 !b-1 !b-2 !b-3");
    }

    [Fact]
    public async Task F59_an_option_names_the_set()
    {
        await StartAsync(new RigOptions { StatefulSetName = "other" }, "other-5 !b-0 !b-1", "!b-0 !b-1");
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Json.Slice("s", "90", Slices.Pod(0), Slices.Pod(1), s_strangers[1])));
        EndpointSnapshot snapshot = await UntilAsync("other-5 !b-0 !b-1");
        Assert.Contains("'other' is asked for", snapshot.LeftOut[0].Detail, StringComparison.Ordinal);
        Assert.Empty(snapshot.Warnings);

        // Without pods of its set the target has none: no other set replaces it.
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync("!b-0 !b-1");
    }

    [Fact]
    public async Task F59_under_fixed_ports_pods_of_any_name_are_followed()
    {
        await StartAsync(new RigOptions { Ports = PortScheme.Fixed(7000) }, "b-0 other-5 web-x7k2p");
        await ListAndWatchAsync(
            Json.List("100", Json.Slice("s", "90", Slices.Pod(0), s_strangers[1], Json.Pod("web-x7k2p", "10.0.1.9", "u9"))));
        Assert.Empty((await UntilAsync("b-0 other-5 web-x7k2p")).Warnings);
    }

    [Fact]
    public async Task F60_a_slice_without_the_named_port_is_told_with_its_ports()
    {
        await StartAsync(new RigOptions { Ports = PortScheme.FromService("game") }, "b-0 !b-1", Slices.State(2));
        static string named(string slice) => slice.Replace("\"name\":\"\",", "\"name\":\"game\",", StringComparison.Ordinal);
        ScriptedExchange watch = await ListAndWatchAsync(Json.List(
            "100",
            named(Json.Slice("s", "90", Slices.Pod(0))),
            Json.Slice("half-rolled", "91", Slices.Pod(1)).Replace("\"name\":\"\",", "\"name\":\"admin\",", StringComparison.Ordinal)));
        LeftOutPod without = Assert.Single((await UntilAsync("b-0 !b-1")).LeftOut);
        Assert.Equal(LeftOutReason.NoServicePort, without.Reason);
        Assert.Contains("slice half-rolled has admin (3456)", without.Detail, StringComparison.Ordinal);
        Assert.Contains("targetPort", without.Detail, StringComparison.Ordinal);
        Assert.Equal(3456, Rig.Current.FindByOrdinal(0)!.Port);

        // The template is rolled out to the end.
        await watch.SendEventAsync("MODIFIED", named(Json.Slice("half-rolled", "101", Slices.Pod(1))));
        Assert.Equal(3457, (await UntilAsync(Slices.State(2))).FindByOrdinal(1)!.Port);
    }

    private static string Of(string set, int ordinal) =>
        Json.Pod($"{set}-{ordinal}", $"10.0.{set[0] - 'a'}.{ordinal + 1}", $"{set}{ordinal}");

    private async Task AssertWarnsAsync(EndpointSnapshot snapshot, int logged, params string[] words)
    {
        EndpointWarning warning = Assert.Single(snapshot.Warnings);
        Assert.Equal(EndpointWarningKind.SeveralSets, warning.Kind);
        Assert.All(words, word => Assert.Contains(word, warning.Detail, StringComparison.Ordinal));
        await Observer.Log.LoggedAsync(104, logged, Token);
    }
}
