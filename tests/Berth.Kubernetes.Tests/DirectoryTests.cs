namespace Berth.Kubernetes;

/// <summary>The whole way: scripted server, source, directory, reader.</summary>
public sealed class DirectoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_outage_leaves_the_last_good_snapshot_and_recovers_by_itself()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using EndpointDirectory berth = KubernetesEndpoints.Connect(
            new ClusterAccess { Server = api.Address, Source = "test" },
            directoryOptions: new EndpointDirectoryOptions { FirstSnapshotTimeout = Wait.Limit });
        api.OnList(200, Fixture.Text("list-3-ready.json"));
        EndpointSnapshot first = await berth.GetEndpointsAsync("k8s-example2", "service-b", 3000, Token);
        EndpointView view = berth.Follow(first.Target, first.Ports);
        for (int i = 0; i < 3; i++)
            api.OnWatch(static x => x.AnswerAsync(503, "down", "text/plain"));
        ScriptedExchange watch = await api.NextAsync(Token);
        watch.Cut();
        EndpointSnapshot stale = await ReadUntilAsync(view, static s => s.IsStale);
        ScriptedExchange again = await api.NextAsync(Token);
        await again.StartAsync();
        EndpointSnapshot live = await ReadUntilAsync(view, static s => !s.IsStale);

        Assert.Equal(3, stale.Available.Count);
        Assert.Equal(first.Version, live.Version);
        Assert.Equal("548", again.Query("resourceVersion"));
        Assert.Equal(["10.77.0.1:3000", "10.77.0.2:3001", "10.77.0.3:3002"], live.Available.Select(static e => e.Authority));
    }

    [Fact]
    public async Task A_ten_megabyte_event_is_one_change()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, Json.List("100"));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        string slice = Json.Slice(
            "s", "101", Enumerable.Range(0, 1000).Select(static i => Json.Pod($"service-b-{i}", uid: $"u{i}")).ToArray());
        await watch.SendEventAsync(
            "ADDED",
            slice.Replace(
                "\"namespace\":\"k8s-example2\",\"resourceVersion\"",
                $"\"annotations\":{{\"x\":\"{new string('x', 10_000_000)}\"}},\"resourceVersion\"", StringComparison.Ordinal));

        Assert.Equal(1000, (await next).Endpoints.Count);
    }

    [Fact]
    public async Task A_thousand_slices_of_a_hundred_endpoints_in_pages()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        string[] slices = [.. Enumerable.Range(0, 1000).Select(static s =>
            Json.Slice(
                $"s{s}", $"{s + 1}",
                Enumerable.Range(s * 100, 100).Select(Endpoint).ToArray()))];
        harness.Api.OnList(200, Json.ListWith("5000", "page2", slices[..500]));
        harness.Api.OnList(200, Json.List("5000", slices[500..]));

        EndpointSnapshot snapshot = await harness.ReadAsync();

        // Ordinals above 62535 have no port on base 3000: reported, and the others stand.
        Assert.Equal(62_536, snapshot.Endpoints.Count);
        Assert.Equal(37_464, snapshot.LeftOut.Count);
    }

    private static async Task<EndpointSnapshot> ReadUntilAsync(EndpointView view, Func<EndpointSnapshot, bool> wanted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Wait.Limit);
        await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(limit.Token))
        {
            if (wanted(snapshot))
                return snapshot;
        }

        throw new InvalidOperationException("The directory was disposed.");
    }

    private static string Endpoint(int pod)
    {
        string address = $"10.{pod / 62500}.{pod / 250 % 250}.{pod % 250 + 1}";
        return $$"""{"addresses":["{{address}}"],"hostname":"service-b-{{pod}}","nodeName":"n{{pod % 500}}"}""";
    }
}
