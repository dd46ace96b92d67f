namespace Berth.Kubernetes.Sharing;

/// <summary>Many targets of one namespace over the real wire.</summary>
public sealed class SharingTests : IAsyncLifetime
{
    private readonly List<IEndpointStream> _streams = [];
    private ScriptedApi _api = null!;
    private KubernetesEndpointSource _source = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ScriptedApi.StartAsync();
        _source = new KubernetesEndpointSource(
            new ClusterAccess { Server = _api.Address, Source = "test" }, new KubernetesEndpointSourceOptions { Random = new Random(1) });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IEndpointStream stream in _streams)
            await stream.DisposeAsync();
        await _source.DisposeAsync();
        await _api.DisposeAsync();
    }

    private static string SliceOf(string service, string name, string version, params string[] pods) =>
        Json.Slice(name, version, pods).Replace("\"service-b\"", $"\"{service}\"", StringComparison.Ordinal);

    private IEndpointStream Open(string service, int portBase = 3000)
    {
        IEndpointStream stream = _source.Open(new ServiceTarget("k8s-example2", service), PortScheme.PerOrdinal(portBase));
        _streams.Add(stream);
        return stream;
    }

    private IEndpointStream[] OpenMany(int count = NamespaceSharing.MaxOwnWatches + 1) =>
        [.. Enumerable.Range(0, count).Select(i => Open($"service-{i}"))];

    private static async Task<EndpointSnapshot> ReadAsync(IEndpointStream stream) =>
        await stream.ReadAsync(Token).AsTask().WaitAsync(Wait.Limit, Token);

    private static async Task<EndpointSnapshot> ReadUntilAsync(IEndpointStream stream, Func<EndpointSnapshot, bool> condition)
    {
        while (true)
        {
            EndpointSnapshot snapshot = await ReadAsync(stream);
            if (condition(snapshot))
                return snapshot;
        }
    }

    private static string Pods(EndpointSnapshot snapshot) =>
        string.Join(' ', snapshot.Endpoints.Select(static e => $"{e.Name}@{e.Authority}"));

    private static string[] ListOfMany(int count) =>
        [.. Enumerable.Range(0, count).Select(i => SliceOf($"service-{i}", $"s{i}", "90", Json.Pod($"service-{i}-0", $"10.0.0.{i + 1}")))];

    [Fact]
    public async Task Many_targets_are_served_by_one_list_and_one_watch_of_the_namespace()
    {
        IEndpointStream[] streams = OpenMany();
        ScriptedExchange list = await _api.NextAsync(Token);
        await list.AnswerAsync(200, Json.List("100", ListOfMany(streams.Length)));
        for (int i = 0; i < streams.Length; i++)
            Assert.Equal($"service-{i}-0@10.0.0.{i + 1}:3000", Pods(await ReadAsync(streams[i])));
        ScriptedExchange watch = await _api.NextAsync(Token);
        await watch.StartAsync();
        Task<EndpointSnapshot> changed = ReadAsync(streams[3]);
        Task<EndpointSnapshot> other = ReadAsync(streams[4]);
        await watch.SendEventAsync("MODIFIED", SliceOf("service-3", "s3", "101", Json.Pod("service-3-0", "10.9.9.9")));

        Assert.Equal("service-3-0@10.9.9.9:3000", Pods(await changed));
        Assert.False(other.IsCompleted);
        Assert.Null(list.Query("labelSelector"));
        Assert.Null(watch.Query("labelSelector"));
        Assert.Equal("/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices", watch.Path);
        Assert.Equal(2, _api.Requests.Count);

        // A bookmark confirms the state of every target.
        await watch.SendEventAsync("BOOKMARK", Json.Bookmark("110"));
        await other;
    }

    [Fact]
    public async Task A_target_with_a_watch_of_its_own_goes_over_without_a_gap()
    {
        IEndpointStream first = Open("service-0");
        _api.OnList(200, Json.List("200", SliceOf("service-0", "s0", "150", Json.Pod("service-0-0", "10.0.0.1"))));
        Assert.Equal("service-0-0@10.0.0.1:3000", Pods(await ReadAsync(first)));
        Task<EndpointSnapshot> next = ReadAsync(first);
        ScriptedExchange own = await _api.NextAsync(Token);
        await own.StartAsync();

        _ = Enumerable.Range(1, NamespaceSharing.MaxOwnWatches).Select(i => Open($"service-{i}")).ToArray();
        ScriptedExchange list = await _api.NextAsync(Token);
        // A server that is older than the state that the target's own watch had seen: its state must not be shown.
        await list.AnswerAsync(200, Json.List("100", SliceOf("service-0", "s0", "80", Json.Pod("service-0-0", "10.7.7.7"))));
        ScriptedExchange watch = await _api.NextAsync(Token);
        await watch.StartAsync();
        await own.ClientGone.WaitAsync(Wait.Limit, Token);
        await watch.SendEventAsync("MODIFIED", SliceOf("service-0", "s0", "150", Json.Pod("service-0-0", "10.0.0.1")));
        await watch.SendEventAsync("MODIFIED", SliceOf("service-0", "s0", "210", Json.Pod("service-0-0", "10.0.0.2")));

        EndpointSnapshot seen = await next;
        Assert.DoesNotContain("10.7.7.7", Pods(seen), StringComparison.Ordinal);
        Assert.Equal(
            "service-0-0@10.0.0.2:3000",
            Pods(seen.SourceVersion == "210" ? seen : await ReadUntilAsync(first, static s => s.SourceVersion == "210")));
    }

    [Fact]
    public async Task A_slice_that_changes_its_service_leaves_the_one_and_joins_the_other()
    {
        IEndpointStream[] streams = OpenMany();
        await (await _api.NextAsync(Token)).AnswerAsync(200, Json.List("100", ListOfMany(2)));
        await ReadAsync(streams[0]);
        await ReadAsync(streams[1]);
        Task<EndpointSnapshot> left = ReadAsync(streams[0]);
        Task<EndpointSnapshot> joined = ReadAsync(streams[1]);
        ScriptedExchange watch = await _api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", SliceOf("service-1", "s0", "101", Json.Pod("service-1-7", "10.0.0.1")));

        // A slice that leaves may return, so its pods are held for a moment: on a busy machine the first read may outlast it.
        while ((await left).Endpoints.Count > 0)
            left = ReadAsync(streams[0]);
        Assert.Equal("service-1-0@10.0.0.2:3000 service-1-7@10.0.0.1:3007", Pods(await joined));
    }

    [Fact]
    public async Task Failure_reaches_every_target_once_and_ends_for_all()
    {
        IEndpointStream[] streams = OpenMany();
        await (await _api.NextAsync(Token)).AnswerAsync(403, Json.Status(403, "Forbidden", "no"));
        foreach (IEndpointStream stream in streams)
            Assert.Contains(
                "verbs: [\"list\", \"watch\"]", (await Assert.ThrowsAsync<EndpointSourceException>(() => ReadAsync(stream))).Message,
                StringComparison.Ordinal);
        Task<EndpointSnapshot>[] next = [.. streams.Select(ReadAsync)];
        await (await _api.NextAsync(Token)).AnswerAsync(403, Json.Status(403, "Forbidden", "no"));
        await (await _api.NextAsync(Token)).AnswerAsync(200, Json.List("100", ListOfMany(1)));

        Assert.Equal("service-0-0@10.0.0.1:3000", Pods(await next[0]));
        foreach (Task<EndpointSnapshot> other in next[1..])
            Assert.Empty((await other).Endpoints);
    }

    [Fact]
    public async Task A_second_target_of_one_service_keeps_a_watch_of_its_own()
    {
        OpenMany();
        await (await _api.NextAsync(Token)).AnswerAsync(200, Json.List("100", ListOfMany(1)));
        await (await _api.NextAsync(Token)).StartAsync();
        IEndpointStream second = Open("service-0", portBase: 4000);
        Task<EndpointSnapshot> read = ReadAsync(second);
        ScriptedExchange list = await _api.NextAsync(Token);
        await list.AnswerAsync(200, Json.List("100", ListOfMany(1)));

        Assert.Equal("service-0-0@10.0.0.1:4000", Pods(await read));
        Assert.Equal("kubernetes.io/service-name=service-0", list.Query("labelSelector"));
    }

    [Fact]
    public async Task Disposal_ends_a_read_that_waits_for_the_shared_watch()
    {
        IEndpointStream[] streams = OpenMany();
        await (await _api.NextAsync(Token)).AnswerAsync(200, Json.List("100", ListOfMany(1)));
        await (await _api.NextAsync(Token)).StartAsync();
        await ReadAsync(streams[0]);
        Task<EndpointSnapshot> waiting = ReadAsync(streams[0]);
        await streams[0].DisposeAsync().AsTask().WaitAsync(Wait.Limit, Token);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(streams[0]));
    }

    [Fact]
    public async Task A_cancelled_read_of_the_shared_watch_loses_no_event()
    {
        IEndpointStream[] streams = OpenMany();
        await (await _api.NextAsync(Token)).AnswerAsync(200, Json.List("100", ListOfMany(1)));
        ScriptedExchange watch = await _api.NextAsync(Token);
        await watch.StartAsync();
        await ReadAsync(streams[0]);
        using CancellationTokenSource end = new();
        Task<EndpointSnapshot> waiting = streams[0].ReadAsync(end.Token).AsTask();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Wait.Limit, Token));
        await watch.SendEventAsync("MODIFIED", SliceOf("service-0", "s0", "101", Json.Pod("service-0-0", "10.0.0.9")));

        Assert.Equal("service-0-0@10.0.0.9:3000", Pods(await ReadUntilAsync(streams[0], static s => s.SourceVersion == "101")));
    }

    [Fact]
    public async Task The_watch_ends_with_the_last_target()
    {
        IEndpointStream[] streams = OpenMany();
        await (await _api.NextAsync(Token)).AnswerAsync(200, Json.List("100", ListOfMany(1)));
        ScriptedExchange watch = await _api.NextAsync(Token);
        await watch.StartAsync();
        foreach (IEndpointStream stream in streams[1..])
            await stream.DisposeAsync();
        Assert.False(watch.ClientGone.IsCompleted);
        await streams[0].DisposeAsync();

        await watch.ClientGone.WaitAsync(Wait.Limit, Token);
    }
}
