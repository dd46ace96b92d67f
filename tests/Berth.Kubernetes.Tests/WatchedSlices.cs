namespace Berth.Kubernetes;

/// <summary>A source that has listed some slices and watches them: a test sends events, and takes the snapshot of each.</summary>
internal sealed class WatchedSlices : IAsyncDisposable
{
    private readonly SourceHarness _harness;

    private WatchedSlices(SourceHarness harness, ScriptedExchange watch, EndpointSnapshot first) =>
        (_harness, Watch, First) = (harness, watch, first);

    /// <summary>The open watch.</summary>
    public ScriptedExchange Watch { get; }

    /// <summary>The snapshot of the list.</summary>
    public EndpointSnapshot First { get; }

    /// <summary>Lists slices at version 100, and watches.</summary>
    public static Task<WatchedSlices> StartAsync(params string[] slices) => StartAsync(TimeProvider.System, slices);

    /// <summary>The same on a clock of the test's.</summary>
    public static async Task<WatchedSlices> StartAsync(TimeProvider time, params string[] slices)
    {
        SourceHarness harness = await SourceHarness.StartAsync(options: new KubernetesEndpointSourceOptions { TimeProvider = time });
        harness.Api.OnList(200, Json.List("100", slices));
        EndpointSnapshot first = await harness.ReadAsync();
        (ScriptedExchange watch, Task<EndpointSnapshot> next, _) = await harness.ReadUntilRequestAsync();
        await watch.StartAsync();
        await watch.SendEventAsync("BOOKMARK", Json.Bookmark("100"));
        Assert.Same(first, await next);
        return new WatchedSlices(harness, watch, first);
    }

    /// <summary>Why watches and lists were started again.</summary>
    public IReadOnlyList<string> RestartCauses => _harness.RestartCauses;

    /// <summary>Waits for the next request, which nothing has answered yet.</summary>
    public async Task<ScriptedExchange> NextRequestAsync() => await _harness.Api.NextAsync(TestContext.Current.CancellationToken);

    /// <summary>Reads the next snapshot.</summary>
    public Task<EndpointSnapshot> ReadAsync() => _harness.ReadAsync();

    /// <summary>Sends an event, and returns the snapshot that is then given.</summary>
    public async Task<EndpointSnapshot> AfterAsync(string type, string json)
    {
        Task<EndpointSnapshot> next = ReadAsync();
        await Watch.SendEventAsync(type, json);
        return await next;
    }

    public ValueTask DisposeAsync() => _harness.DisposeAsync();
}
