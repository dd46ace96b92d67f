using System.Diagnostics.Metrics;
using Berth.Dispatcher;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Remote.Tests;

/// <summary>A running dispatcher on a free loopback port, over a source that the test feeds, or over another dispatcher.</summary>
internal sealed class TestDispatcher : IAsyncDisposable
{
    private readonly Meter _meter = new("Berth");

    private TestDispatcher(string runId, IEndpointSource? source)
    {
        RunId = runId;
        Directory = new EndpointDirectory(
            source ?? Source,
            new EndpointDirectoryOptions { TimeProvider = Time, Meter = _meter, Backoff = new NoBackoff() });
    }

    public string RunId { get; }

    /// <summary>The source that the test feeds, unless the dispatcher follows another one.</summary>
    public PushableSource Source { get; } = new();

    /// <summary>The clock of server and directory.</summary>
    public TestClock Time { get; } = new();

    public EndpointDirectory Directory { get; }

    public DispatcherServer Server { get; private set; } = null!;

    public string Url => Server.Addresses[0];

    public int Port => new Uri(Url).Port;

    public EndpointView View => Directory.Follow(TestPods.Target, TestPods.Ports);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a dispatcher that the test feeds.</summary>
    public static Task<TestDispatcher> StartAsync(string runId = "a") => new TestDispatcher(runId, null).StartServerAsync(static _ => []);

    /// <summary>Starts a dispatcher that follows others.</summary>
    public static Task<TestDispatcher> FollowAsync(string runId, params string[] dispatchers)
    {
        RemoteEndpointSource source = new(dispatchers, Unhurried(runId));
        return new TestDispatcher(runId, source).StartServerAsync(source.FindDispatchers);
    }

    /// <summary>Creates a client of this dispatcher that no limit disturbs on a busy machine.</summary>
    public EndpointDirectory Connect() =>
        RemoteEndpoints.Connect(Url, Unhurried(), new EndpointDirectoryOptions { FirstSnapshotTimeout = Wait.Limit });

    public Task<EndpointSnapshot> PublishAsync(params PodEndpoint[] pods) =>
        Source.PublishAsync(View, pods, cancellationToken: Token);

    /// <summary>Lets the source fail, and waits until the dispatcher says so.</summary>
    public async Task FailAsync(string reason)
    {
        Source.Fail(TestPods.Target, TestPods.Ports, reason);
        await PushableSource.WaitForAsync(View, static s => s.IsStale, Token);
    }

    /// <summary>Lets the source confirm its last state, and waits until the dispatcher has noticed it.</summary>
    public async Task ConfirmAsync()
    {
        Source.Confirm(TestPods.Target, TestPods.Ports);
        await Wait.UntilAsync(
            () => Task.FromResult(View), static v => v.Age < TimeSpan.FromSeconds(1), Wait.Limit, "confirmed", Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Directory.DisposeAsync();
        _meter.Dispose();
    }

    /// <summary>The clock does not move, so a wait would not end.</summary>
    private sealed class NoBackoff : IBackoffPolicy
    {
        public TimeSpan NextDelay(int failures) => TimeSpan.Zero;
    }

    /// <summary>A clock that does not move, so that no limit of a request ends. That of a connection is always on the real clock.</summary>
    private static RemoteEndpointSourceOptions Unhurried(string? runId = null) =>
        new() { RunId = runId, TimeProvider = new TestClock(), AnswerTimeout = Wait.Limit };

    private async Task<TestDispatcher> StartServerAsync(Func<ServiceTarget, IReadOnlyList<string>> findDispatchers)
    {
        DispatcherOptions options = new()
        {
            Targets = [new DispatcherTarget(TestPods.Target, TestPods.Ports)],
            Urls = ["http://127.0.0.1:0"],
            RunId = RunId,
            FindDispatchers = findDispatchers,
        };
        Server = await DispatcherServer.StartAsync(Directory, options, NullLoggerFactory.Instance, Time, _meter, Token);
        return this;
    }
}
