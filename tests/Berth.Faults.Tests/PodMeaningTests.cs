namespace Berth.Faults;

/// <summary>Faults 40 to 42 and 44 to 49: which pods slices make.</summary>
public class PodMeaningTests : FaultTest
{
    [Theory]
    // Not terminating comes first, then ready, then the newer slice; the order of arrival never matters.
    [InlineData("terminating", "90", "not ready", "80", 2)]
    [InlineData("not ready", "90", "ready", "80", 2)]
    [InlineData("ready", "80", "ready", "90", 2)]
    [InlineData("ready", "90", "ready", "80", 1)]
    [InlineData("ready", "80", "terminating", "90", 1)]
    public async Task F40_one_name_on_two_nodes_at_once_has_one_winner(
        string first, string firstVersion, string second, string secondVersion, int winner)
    {
        string state = (first, second) is ("terminating", "not ready") ? "b-0:NotReady" : "b-0";
        await StartAsync(state);
        string one = Twin(1, first, firstVersion);
        string two = Twin(2, second, secondVersion);
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", one, two));
        EndpointSnapshot snapshot = await UntilAsync(state);
        PodEndpoint won = Assert.Single(snapshot.Endpoints);
        Assert.Equal(($"10.0.0.{winner}", $"uid-{winner}", $"node-{winner}"), (won.Address.ToString(), won.Uid, won.Node));

        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Json.List("200", two, one));
        await ConfirmedAsync(async () => await (await WatchAsync("200")).SendEventAsync("BOOKMARK", Json.Bookmark("201")));
        Assert.Single(Observer.Published);
    }

    [Fact]
    public async Task F40_second_pod_takes_over_when_the_winner_goes()
    {
        await StartAsync("b-0", "b-0:Draining");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Twin(1, "terminating", "90"), Twin(2, "ready", "91")));
        await UntilAsync("b-0");
        await watch.SendEventAsync("DELETED", Twin(2, "ready", "101"));
        // A terminating process does not replace a pod while that pod is held.
        await HeldAsync();
        EndpointSnapshot left = await UntilAsync("b-0:Draining");
        Assert.Equal("uid-1", left.Endpoints[0].Uid);
    }

    [Fact]
    public async Task F41_a_new_UID_under_the_same_name_and_address_is_a_replaced_pod()
    {
        await StartAsync(Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        EndpointSnapshot before = await UntilAsync(Slices.State(1));
        await watch.SendEventAsync("MODIFIED", Slices.Of(1, "101").Replace("uid-0", "uid-new", StringComparison.Ordinal));
        EndpointSnapshot after = await Rig.UntilAsync(static v => v.Current!.Endpoints[0].Uid == "uid-new");

        PodChange change = Assert.Single(after.CompareWith(before));
        Assert.Equal(PodChangeKind.Replaced, change.Kind);
        Assert.Equal(before.Endpoints[0].Authority, change.After!.Authority);
        Assert.Equal(2, after.Version);
    }

    [Fact]
    public async Task F42_pods_that_share_an_address_and_a_Service_port_are_all_kept()
    {
        await StartAsync(Slices.State(4), Slices.State(3));
        string[] pods = [.. Enumerable.Range(0, 4).Select(static i => Json.Pod($"b-{i}", "10.0.0.9", $"uid-{i}"))];
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", pods)));
        EndpointSnapshot all = await UntilAsync(Slices.State(4));
        Assert.Equal(["10.0.0.9:3000", "10.0.0.9:3001", "10.0.0.9:3002", "10.0.0.9:3003"], all.Endpoints.Select(static e => e.Authority));
        Assert.Empty(all.FindPortClashes());
        await watch.SendEventAsync("MODIFIED", Json.Slice("s", "101", pods[..3]));
        await UntilAsync(Slices.State(3));
    }

    [Fact]
    public async Task F44_name_comes_from_targetRef_and_without_both_the_pod_is_reported()
    {
        const string Nameless = """{"addresses":["10.0.0.5"],"conditions":{"ready":true}}""";
        const string NotAPod = """{"addresses":["10.0.0.6"],"conditions":{"ready":true},"targetRef":{"kind":"Node","name":"b-6"}}""";
        const string OnlyHostname = """{"addresses":["10.0.0.3"],"conditions":{"ready":true},"hostname":"b-2"}""";
        await StartAsync(Slices.State(3) + " !10.0.0.5 !10.0.0.6");
        await ListAndWatchAsync(
            Json.List(
                "100",
                Json.Slice("s", "90", Slices.Pod(0), Json.Pod("b-1", "10.0.0.2", hostname: "b-1"), OnlyHostname, Nameless, NotAPod)));
        EndpointSnapshot snapshot = await UntilAsync(Slices.State(3) + " !10.0.0.5 !10.0.0.6");

        Assert.All(snapshot.LeftOut, static e => Assert.Equal(LeftOutReason.NoName, e.Reason));
    }

    [Fact]
    public async Task F44_the_recorded_second_service_without_hostnames_has_all_its_pods()
    {
        string recorded = Fixture.Text("list-second-service-no-hostname.json");
        Assert.DoesNotContain("\"hostname\"", recorded, StringComparison.Ordinal);
        await BuildAsync(null);
        Observer.Allow(static s => s.Endpoints.Count > 0 && s.LeftOut.Count == 0);
        Rig.Follow();
        // Its label names the other Service; without one it is taken for the Service that was asked for.
        await ListAndWatchAsync(recorded.Replace("\"kubernetes.io/service-name\":\"", "\"recorded-as\":\"", StringComparison.Ordinal));
        await UntilLiveAsync();
        Assert.All(Rig.Current.Endpoints, static e => Assert.Equal(3000 + e.Ordinal, e.Port));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("web-")]
    [InlineData("web--7")]
    [InlineData("web-007")]
    [InlineData("web-99999999999")]
    public async Task F45_name_without_a_clean_ordinal_is_rejected_and_never_becomes_0(string name)
    {
        await StartAsync("b-0 !" + name, Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Json.Slice("s", "90", Slices.Pod(0), Json.Pod(name, "10.0.0.9"))));
        EndpointSnapshot snapshot = await UntilAsync("b-0 !" + name);
        LeftOutPod pod = Assert.Single(snapshot.LeftOut);

        Assert.Equal(LeftOutReason.NoOrdinal, pod.Reason);
        Assert.Contains(name, pod.Detail, StringComparison.Ordinal);
        Assert.Equal("b-0", snapshot.FindByOrdinal(0)!.Name);
        await watch.SendEventAsync("MODIFIED", Slices.Of(1, "101"));
        await UntilAsync(Slices.State(1));
    }

    [Theory]
    [InlineData(65530, 1, 6)]
    [InlineData(3000, 20000, 4)]
    [InlineData(65535, 1, 1)]
    public async Task F46_a_port_above_65535_is_reported_and_the_others_stand(int portBase, int stride, int within)
    {
        string state = string.Join(' ', Enumerable.Range(0, within).Select(static i => $"b-{i}")) + " " +
            string.Join(' ', Enumerable.Range(within, 8 - within).Select(static i => $"!b-{i}"));
        await StartAsync(new RigOptions { Ports = PortScheme.PerOrdinal(portBase, stride) }, state);
        await ListAndWatchAsync(Slices.List(8, "100"));
        EndpointSnapshot snapshot = await UntilAsync(state);

        Assert.Equal(Enumerable.Range(0, within).Select(i => portBase + (i * stride)), snapshot.Endpoints.Select(static e => e.Port));
        Assert.All(snapshot.LeftOut, static e => Assert.Equal(LeftOutReason.PortOutOfRange, e.Reason));
    }

    [Fact]
    public async Task F47_publishNotReadyAddresses_dead_pod_with_serving_false_is_not_ready()
    {
        await StartAsync("b-0 b-1:NotReady", "b-0 b-1");
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Json.Slice("s", "90", Slices.Pod(0), Json.Pod("b-1", "10.0.0.2", "uid-1", ready: true, serving: false))));
        EndpointSnapshot snapshot = await UntilAsync("b-0 b-1:NotReady");
        Assert.True(snapshot.Endpoints[1].Ready);
        Assert.Equal(["b-0"], snapshot.Available.Select(static e => e.Name));
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync("b-0 b-1");
    }

    [Theory]
    [InlineData("""{}""", "b-0")]
    [InlineData("""null""", "b-0")]
    [InlineData("""{"ready":null,"serving":null,"terminating":null}""", "b-0")]
    [InlineData("""{"serving":true}""", "b-0")]
    [InlineData("""{"ready":false}""", "b-0:NotReady")]
    [InlineData("""{"serving":false}""", "b-0:NotReady")]
    [InlineData("""{"terminating":true}""", "b-0:Draining")]
    [InlineData("""{"ready":false,"terminating":true}""", "b-0:Draining")]
    [InlineData("""{"ready":false,"serving":false,"terminating":true}""", "b-0:Terminating")]
    public async Task F48_unset_conditions_are_as_the_API_documents(string conditions, string state)
    {
        await StartAsync(state);
        string pod = $$$"""{"addresses":["10.0.0.1"],"conditions":{{{conditions}}},"targetRef":{"kind":"Pod","name":"b-0","uid":"u"}}""";
        await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", pod)));
        await UntilAsync(state);
    }

    [Fact]
    public async Task F48_missing_conditions_are_unset()
    {
        await StartAsync("b-0");
        await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", """{"addresses":["10.0.0.1"],"hostname":"b-0"}""")));
        await UntilAsync("b-0");
    }

    [Fact]
    public async Task F49_dual_stack_one_family_first_is_one_pod_and_keeps_the_other()
    {
        await StartAsync("b-0", "b-0:NotReady");
        string four(string version, bool ready = true) =>
            Json.SliceOf("IPv4", "v4", version, Json.Pod("b-0", "10.0.0.1", "uid-0", ready: ready));
        string six(string version, bool ready = true) =>
            Json.SliceOf("IPv6", "v6", version, Json.Pod("b-0", "fd00::1", "uid-0", ready: ready));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", four("90"), six("91")));
        EndpointSnapshot both = await UntilAsync("b-0");
        Assert.Equal(["10.0.0.1", "fd00::1"], Addresses(both));
        // One family hears first that the pod is not ready, and the newer word counts.
        await watch.SendEventAsync("MODIFIED", six("101", ready: false));
        Assert.Equal(["10.0.0.1", "fd00::1"], Addresses(await UntilAsync("b-0:NotReady")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", four("102", ready: false)));
        Assert.Equal(2, Rig.Current.Version);
        await watch.SendEventAsync("MODIFIED", four("103"));
        Assert.Equal(["10.0.0.1", "fd00::1"], Addresses(await UntilAsync("b-0")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", six("104")));
        Assert.Equal(3, Rig.Current.Version);
        // One family goes away; the pod stays with the other.
        await watch.SendEventAsync("DELETED", four("105"));
        await HeldAsync();
        await Rig.UntilAsync(static v => v.Current!.Endpoints is [{ Addresses.Count: 1 }]);
        Assert.Equal(["fd00::1"], Addresses(Rig.Current));
    }

    private static IEnumerable<string> Addresses(EndpointSnapshot snapshot) =>
        Assert.Single(snapshot.Endpoints).Addresses.Select(static a => a.ToString());

    private static string Twin(int number, string state, string version) => Json.Slice(
        $"s{number}", version,
        Json.Pod(
            "b-0", $"10.0.0.{number}", $"uid-{number}", $"node-{number}", ready: state == "ready", serving: state != "not ready",
            terminating: state == "terminating"));
}
