namespace Berth.Kubernetes;

/// <summary>
/// The rows of docs/kubernetes-behaviour.md about slices: each test sends the same events as a real Kubernetes 1.36.2, and checks what a
/// client then gets. The first comment of a test names its row; the tests of the local cluster name the same rows.
/// </summary>
/// <remarks>
/// K21 (maxUnavailable is dropped) is the one row that has no test here: it is about the stored StatefulSet, and nothing of it is in a
/// slice. Of K29 the partition and the pod-index label are in no slice either, and a set whose name is too long has no pods.
/// </remarks>
public sealed class RealClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pod_that_ended_by_itself_stays_listed_and_gets_no_client(bool publishNotReadyAddresses)
    {
        // K20: it stays in its slice for minutes, not ready; with publishNotReadyAddresses ready, and not serving.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0), Pod(1)));
        EndpointSnapshot ended = await seen.AfterAsync(
            "MODIFIED", Json.Slice("s", "101", Pod(0), Pod(1, ready: publishNotReadyAddresses, serving: false)));
        Assert.Equal(["service-b-0 Ready uid-0", "service-b-1 NotReady uid-1"], Pods(ended));
        Assert.Equal(["service-b-0"], ended.Available.Select(static pod => pod.Name));
        for (int minute = 1; minute <= 5; minute++)
            Assert.Same(ended, await seen.AfterAsync("BOOKMARK", Json.Bookmark($"{101 + minute}")));
    }

    [Fact]
    public async Task Pod_of_a_lost_node_gets_no_client_until_its_successor_is_ready()
    {
        // K22: F/F/F, after the eviction F/F/T permanently, F/T/T for a moment when the node is back, then gone.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0)), Json.Slice("t", "91", Pod(1)));
        string[] lost =
        [
            Pod(1, ready: false), Pod(1, ready: false, terminating: true), Pod(1, ready: false, serving: true, terminating: true),
        ];
        List<string> states = [];
        for (int i = 0; i < lost.Length; i++)
        {
            EndpointSnapshot snapshot = await seen.AfterAsync("MODIFIED", Json.Slice("t", $"{101 + i}", lost[i]));
            Assert.Equal(["service-b-0"], snapshot.Available.Select(static pod => pod.Name));
            states.Add(snapshot.FindByOrdinal(1)!.State.ToString());
        }

        Assert.Equal(["NotReady", "Terminating", "Draining"], states);
        // A terminating pod is not held, although the other slice could get it.
        Assert.Equal(["service-b-0 Ready uid-0"], Pods(await seen.AfterAsync("MODIFIED", Json.Slice("t", "110"))));
        EndpointSnapshot back = await seen.AfterAsync("MODIFIED", Json.Slice("t", "111", Pod(1, uid: "next")));
        Assert.Equal(["service-b-0 Ready uid-0", "service-b-1 Ready next"], Pods(back));
    }

    [Fact]
    public async Task Successor_of_a_pod_deleted_by_force_counts_at_once()
    {
        // K23: the old process lives for 2 s more at the same address. The slice tells the two apart by the UID alone.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0, uid: "old")));
        EndpointSnapshot starting = await seen.AfterAsync("MODIFIED", Json.Slice("s", "101", Pod(0, uid: "new", ready: false)));
        Assert.Equal(["service-b-0 NotReady new"], Pods(starting));
        Assert.Empty(starting.Available);
        EndpointSnapshot ready = await seen.AfterAsync("MODIFIED", Json.Slice("s", "102", Pod(0, uid: "new")));
        Assert.Equal(["service-b-0 Ready new"], Pods(ready));
        Assert.Equal(PodChangeKind.Replaced, Assert.Single(starting.CompareWith(seen.First)).Kind);
        Assert.NotEqual(PodChangeKind.Replaced, Assert.Single(ready.CompareWith(starting)).Kind);
    }

    [Fact]
    public async Task Pod_that_ends_drains_while_its_probe_passes()
    {
        // K24: F/T/T, F/F/T, F/T/T. Probes continue, and no result makes the pod ready again.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0)));
        List<PodState> states = [];
        for (int i = 0; i < 3; i++)
        {
            string ending = Pod(0, ready: false, serving: i != 1, terminating: true);
            EndpointSnapshot snapshot = await seen.AfterAsync("MODIFIED", Json.Slice("s", $"{101 + i}", ending));
            Assert.Empty(snapshot.Available);
            states.Add(Assert.Single(snapshot.Endpoints).State);
        }

        Assert.Equal([PodState.Draining, PodState.Terminating, PodState.Draining], states);
    }

    [Fact]
    public async Task Pod_with_a_finalizer_is_gone_when_its_containers_are()
    {
        // K25: terminating until the containers end, then in no slice, though the object stays.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(
            Json.Slice("s", "90", Pod(0), Pod(1)), Json.Slice("t", "91", Pod(2)));
        EndpointSnapshot ending = await seen.AfterAsync(
            "MODIFIED", Json.Slice("s", "101", Pod(0), Pod(1, ready: false, serving: true, terminating: true)));
        Assert.Equal(PodState.Draining, ending.FindByOrdinal(1)!.State);
        EndpointSnapshot gone = await seen.AfterAsync("MODIFIED", Json.Slice("s", "102", Pod(0)));
        Assert.Equal(["service-b-0 Ready uid-0", "service-b-2 Ready uid-2"], Pods(gone));
    }

    [Fact]
    public async Task Each_exit_of_a_container_that_never_restarts_is_a_new_pod()
    {
        // K26: not ready, then another UID at the same address, without any back-off between.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0, uid: "u0")));
        EndpointSnapshot before = seen.First;
        for (int exit = 1; exit <= 3; exit++)
        {
            EndpointSnapshot ended = await seen.AfterAsync("MODIFIED", Json.Slice("s", $"{100 + (2 * exit)}", Pod(0, uid: $"u{exit - 1}",
                ready: false)));
            Assert.Empty(ended.Available);
            EndpointSnapshot next = await seen.AfterAsync("MODIFIED", Json.Slice("s", $"{101 + (2 * exit)}", Pod(0, uid: $"u{exit}")));
            Assert.Equal(PodChangeKind.Replaced, Assert.Single(next.CompareWith(before)).Kind);
            before = next;
        }
    }

    [Fact]
    public async Task Restart_of_all_containers_is_the_same_pod_not_ready_for_a_moment()
    {
        // K26: by a restart rule, same UID and address, not ready for 0.5 s.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0)));
        EndpointSnapshot down = await seen.AfterAsync("MODIFIED", Json.Slice("s", "101", Pod(0, ready: false)));
        Assert.Empty(down.Available);
        EndpointSnapshot up = await seen.AfterAsync("MODIFIED", Json.Slice("s", "102", Pod(0)));
        Assert.Equal(["service-b-0 Ready uid-0"], Pods(up));
        Assert.Empty(up.CompareWith(seen.First));
    }

    [Fact]
    public async Task Slice_relabelled_away_takes_its_pods_along_until_it_is_put_back()
    {
        // K27: its Service has no slice until then. A watch by label gets a deletion.
        TestClock time = new();
        await using WatchedSlices seen = await WatchedSlices.StartAsync(time, Json.Slice("s", "90", Pod(0)));
        string away = Json.Slice("s", "101", Pod(0)).Replace("\"service-b\"", "\"other\"", StringComparison.Ordinal);
        Assert.Same(seen.First, await seen.AfterAsync("DELETED", away));
        Task<EndpointSnapshot> next = seen.ReadAsync();
        await time.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(1500), Token);
        time.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        EndpointSnapshot without = await next;
        Assert.Empty(without.Endpoints);
        Assert.Same(without, await seen.AfterAsync("BOOKMARK", Json.Bookmark("102")));
        EndpointSnapshot back = await seen.AfterAsync("ADDED", Json.Slice("s", "103", Pod(0)));
        Assert.Equal(["service-b-0 Ready uid-0"], Pods(back));
    }

    [Fact]
    public async Task Pod_is_available_as_soon_as_its_slice_says_so()
    {
        // K29: minReadySeconds delays no slice, and with ordinals.start the first pod is not the one with ordinal 0.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(5, ready: false), Pod(6, ready: false)));
        EndpointSnapshot first = await seen.AfterAsync("MODIFIED", Json.Slice("s", "101", Pod(5), Pod(6, ready: false)));
        Assert.Equal(["10.0.0.1:3005"], first.Available.Select(static pod => pod.Authority));
        Assert.Equal([5, 6], first.Endpoints.Select(static pod => pod.Ordinal));
        Assert.Null(first.FindByOrdinal(0));
    }

    [Fact]
    public async Task Hostname_makes_no_difference_to_the_pods_of_a_Service()
    {
        // K30: it is set in the slices of the Service that the set's serviceName names, headless or not, and in those of no other.
        await using WatchedSlices named = await WatchedSlices.StartAsync(
            Json.Slice("s", "90", Json.Pod("service-b-0", uid: "uid-0", hostname: "service-b-0")));
        await using WatchedSlices other = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0)));
        Assert.Equal(["service-b-0 Ready uid-0"], Pods(named.First));
        Assert.Empty(named.First.CompareWith(other.First));
    }

    [Theory]
    [InlineData("239.1.1.1", "239.1.1.1:3000")]
    [InlineData("240.0.0.1", "240.0.0.1:3000")]
    [InlineData("255.255.255.255", "255.255.255.255:3000")]
    [InlineData("0.0.0.1", "0.0.0.1:3000")]
    [InlineData("2001:db8::1", "[2001:db8::1]:3000")]
    [InlineData("0.0.0.0", "Malformed")]
    [InlineData("010.0.0.1", "Malformed")]
    [InlineData("::", "Malformed")]
    public async Task Address_that_a_server_accepts_is_given_as_it_is(string address, string given)
    {
        // K31: the last three are refused by the server. If such a pod appears anyway, it is left out.
        string type = address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.SliceOf(type, "s", "90", Json.Pod("service-b-0", address)));
        string[] found = [.. seen.First.Endpoints.Select(static pod => pod.Authority)];
        Assert.Equal([given], found.Concat(seen.First.LeftOut.Select(static pod => $"{pod.Reason}")));
    }

    [Fact]
    public async Task Pod_whose_Node_object_is_missing_leaves_with_the_slices_change()
    {
        // K32: the controller leaves it out of the slice, and the slice does not say so.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice("s", "90", Pod(0), Pod(1)));
        EndpointSnapshot without = await seen.AfterAsync("MODIFIED", Json.Slice("s", "101", Pod(0)));
        Assert.Equal(["service-b-0 Ready uid-0"], Pods(without));
        Assert.Empty(without.LeftOut);
        EndpointSnapshot back = await seen.AfterAsync("MODIFIED", Json.Slice("s", "102", Pod(0), Pod(1)));
        Assert.Equal(PodChangeKind.Joined, Assert.Single(back.CompareWith(without)).Kind);
    }

    [Fact]
    public async Task Pod_keeps_its_address_when_its_node_has_another_and_a_warning_says_so()
    {
        // K33: podIP stays the old one. The kubelet puts the node's addresses back 6 s after its own return.
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.ExternalOrInternal });
        harness.Api.OnList(200, Json.List("100", Json.Slice("s", "90", Pod(0))));
        harness.Api.OnNodes(static x => x.AnswerAsync(200, Json.NodeList("80", Json.Node("node-0", "70", ("InternalIP", "10.0.0.1")))));
        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextNodesAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Node("node-0", "81", ("InternalIP", "10.0.0.99")));
        EndpointSnapshot changed = await next;
        next = harness.ReadUntilAsync(static snapshot => snapshot.Warnings.Count == 0);
        await watch.SendEventAsync("MODIFIED", Json.Node("node-0", "82", ("InternalIP", "10.0.0.1")));

        Assert.Equal(EndpointWarningKind.NodeAddressChanged, Assert.Single(changed.Warnings).Kind);
        Assert.All([first, changed, await next], static s => Assert.Equal("10.0.0.1:3000", Assert.Single(s.Endpoints).Authority));
    }

    [Theory]
    [InlineData("2048-game")]
    [InlineData("2048")]
    public async Task Service_whose_name_starts_with_a_digit_is_followed(string service)
    {
        // K34: accepted since 1.36. A dot is not.
        await using SourceHarness harness = await SourceHarness.StartAsync(service);
        harness.Api.OnList(200, Json.List("100", Json.Slice("s", "90", Json.Pod($"{service}-0"), Json.Pod($"{service}-12", "10.0.0.2"))
            .Replace("\"service-b\"", $"\"{service}\"", StringComparison.Ordinal)));
        EndpointSnapshot snapshot = await harness.ReadAsync();
        Assert.Equal(["10.0.0.1:3000", "10.0.0.2:3012"], snapshot.Endpoints.Select(static pod => pod.Authority));
        Assert.Equal($"kubernetes.io/service-name={service}", harness.Api.Requests.First().Query("labelSelector"));
        Assert.Throws<ArgumentException>(() => new ServiceTarget("k8s-example2", $"{service}.x"));
    }

    private static string Pod(
        int ordinal, string? uid = null, bool ready = true, bool? serving = null, bool terminating = false) => Json.Pod(
        $"service-b-{ordinal}", uid: uid ?? $"uid-{ordinal}", ready: ready, serving: serving, terminating: terminating);

    private static string[] Pods(EndpointSnapshot snapshot) =>
        [.. snapshot.Endpoints.Select(static pod => $"{pod.Name} {pod.State} {pod.Uid}")];
}
