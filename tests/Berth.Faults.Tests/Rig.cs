using Berth.TestKit.Invariants;

namespace Berth.Faults;

/// <summary>
/// The real client in the form of a pod, over real sockets: service account files, TLS, source, directory, readers. At the other end is a
/// scripted API server, perhaps with a relay in front. The directory's waits end at once; the source's clock stops until the test moves it.
/// </summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly RestartCounts _restarts = new();

    private Rig(ScriptedApi api, ScriptedWire wire, TestAuthority authority, RigOptions options)
    {
        (Api, Wire, Authority, Options) = (api, wire, authority, options);
        Upstream = api;
        if (options.Relayed)
            Relay = new TcpRelay(() => Upstream.Address.Port);
        if (options.Framed)
        {
            Frames = new FrameRelay(wire.Certificate!, () => Upstream.Address.Port);
            Frames.Start();
        }

        Account.Write("token", "first-token");
        Account.Write("ca.crt", authority.Pem);
        Observer = new InvariantObserver(TestPods.Target, s =>
            Api.Stated.Contains(s) || Others.Any(o => o.Stated.Contains(s)) || options.Mapped.Contains(s));
        Source = CreateSource();
        Directory = new EndpointDirectory(Observer.Tap(Source), new EndpointDirectoryOptions
        {
            TimeProvider = DirectoryTime,
            LoggerFactory = Observer.Log,
            FirstSnapshotTimeout = Timeout.InfiniteTimeSpan,
            LastResort = options.LastResort,
            Backoff = new ExponentialBackoff(new Random(1)),
        });
    }

    public RigOptions Options { get; }

    public ScriptedApi Api { get; }

    public ScriptedWire Wire { get; }

    /// <summary>Further servers behind the same address, whose statements count as well.</summary>
    public List<ScriptedApi> Others { get; } = [];

    /// <summary>The relay in front of the servers, if the options want one.</summary>
    public TcpRelay? Relay { get; }

    /// <summary>The relay for HTTP/2 in front of the server, if the options want one.</summary>
    public FrameRelay? Frames { get; }

    /// <summary>The address that the relay leads to.</summary>
    public ScriptedApi Upstream { get; set; }

    public TestAuthority Authority { get; }

    /// <summary>The folder of the pod's service account.</summary>
    public TestFolder Account { get; } = new();

    public TestClock DirectoryTime { get; } = new() { IsHurried = true };

    public TestClock SourceTime { get; } = new();

    public InvariantObserver Observer { get; }

    public KubernetesEndpointSource Source { get; }

    public EndpointDirectory Directory { get; }

    /// <summary>The target's view, once it is followed.</summary>
    public EndpointView? View { get; private set; }

    public EndpointSnapshot Current => View!.Current!;

    public IReadOnlyList<string> RestartCauses => _restarts.Causes;

    public static async Task<Rig> StartAsync(RigOptions? options = null)
    {
        options ??= new RigOptions();
        TestAuthority authority = new();
        ScriptedWire wire = new()
        {
            Certificate = authority.Server("127.0.0.1"), Protocols = options.Protocols, KnowsProtobuf = options.KnowsProtobuf,
        };
        return new Rig(await ScriptedApi.StartAsync(wire), wire, authority, options);
    }

    /// <summary>Adds another server of the same cluster.</summary>
    public async Task<ScriptedApi> AddServerAsync()
    {
        ScriptedApi other = await ScriptedApi.StartAsync(Wire);
        Others.Add(other);
        return other;
    }

    /// <summary>True when the test itself disposes the directory, in any state.</summary>
    public bool EndsEarly { get; set; }

    /// <summary>Begins to follow the target.</summary>
    public void Follow()
    {
        View = Directory.Follow(TestPods.Target, Options.Ports);
        Observer.Attach(Directory, View);
    }

    /// <summary>Waits until the view shows something.</summary>
    public async Task<EndpointSnapshot> UntilAsync(Func<EndpointView, bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wait.Limit);
        while (true)
        {
            Task<bool> change = View!.WaitForChangeAsync(View.Current, limit.Token);
            if (View.Current is not null && condition(View))
                return View.Current;
            try
            {
                await change;
            }
            catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
            {
                string shown = View.Current is { } current ? $"'{SnapshotText.Of(current)}', {current}" : "nothing";
                throw new TimeoutException(
                    $"The view still shows {shown}; trouble: {View.Failure?.Message}; restarts: {string.Join(' ', RestartCauses)}",
                    exception);
            }
        }
    }

    /// <summary>Disposes of everything, and gives the invariants that were violated.</summary>
    public async Task<IReadOnlyCollection<string>> FinishAsync()
    {
        if (View is not null && !EndsEarly)
            await UntilAsync(static v => v is { Failure: null, Current.IsStale: false });
        await Observer.DisposeAsync();
        await Directory.DisposeAsync();
        return View is null ? [] : Observer.Finish(DirectoryTime.Waits, !EndsEarly);
    }

    public async ValueTask DisposeAsync()
    {
        await Observer.DisposeAsync();
        await Directory.DisposeAsync();
        await Api.DisposeAsync();
        foreach (ScriptedApi other in Others)
            await other.DisposeAsync();
        if (Relay is not null)
            await Relay.DisposeAsync();
        if (Frames is not null)
            await Frames.DisposeAsync();
        _restarts.Dispose();
        Account.Dispose();
        Authority.Dispose();
    }

    private KubernetesEndpointSource CreateSource()
    {
        int port = Frames?.Port ?? Relay?.Port ?? Api.Address.Port;
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions
        {
            Environment = name => name switch
            {
                "KUBERNETES_SERVICE_HOST" => "127.0.0.1",
                "KUBERNETES_SERVICE_PORT" => $"{port}",
                _ => null,
            },
            ServiceAccountFolder = Account.Root,
            TimeProvider = SourceTime,
            LoggerFactory = Observer.Log,
        });
        KubernetesEndpointSourceOptions options = new()
        {
            AddressMode = Options.AddressMode,
            ExternalFrom = Options.ExternalFrom,
            AddressFamilies = Options.AddressFamilies,
            StatefulSetName = _ => Options.StatefulSetName,
            StreamingLists = Options.StreamingLists,
            TimeProvider = SourceTime,
            LoggerFactory = Observer.Log,
            Random = new Random(1),
            Meter = _restarts.Meter,
        };
        return new KubernetesEndpointSource(access, options, Options.Api);
    }
}
