using Berth.TestKit;
using Berth.Tests.Backoff;

namespace Berth.Tests.Sessions;

/// <summary>Sessions over a view whose pods a test pushes, with a clock that stands still.</summary>
internal sealed class SessionHarness : IAsyncDisposable
{
    private readonly EndpointDirectory _directory;

    public SessionHarness(
        PortScheme? ports = null, TimeSpan? closeTimeout = null, Func<PodEndpoint, bool>? filter = null, IBackoffPolicy? backoff = null)
    {
        _directory = new EndpointDirectory(
            Source, new EndpointDirectoryOptions { TimeProvider = Clock, Backoff = new FixedBackoff(TimeSpan.Zero) });
        View = _directory.Follow(TestPods.Target, ports ?? TestPods.Ports);
        EndpointSessionsOptions<FakeSession> options = new()
        {
            Completion = static session => session.Completion,
            Filter = filter,
            Backoff = backoff ?? new ExponentialBackoff(new Random(1)),
            CloseTimeout = closeTimeout ?? TimeSpan.FromSeconds(5),
            TimeProvider = Clock,
            LoggerFactory = Log,
        };
        Sessions = new EndpointSessions<FakeSession>(View, World.OpenAsync, options);
    }

    public TestClock Clock { get; } = new();

    public RecordingLogger Log { get; } = new();

    public PushableSource Source { get; } = new();

    public SessionWorld World { get; } = new();

    public EndpointView View { get; }

    public EndpointSessions<FakeSession> Sessions { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Push(params IEnumerable<PodEndpoint> pods) => Source.Push(EndpointSnapshot.Create(View.Target, View.Ports, pods));

    /// <summary>Waits until the sessions meet a condition.</summary>
    public async Task<EndpointSessionSet<FakeSession>> WaitAsync(Func<EndpointSessionSet<FakeSession>, bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Wait.Limit);
        try
        {
            await foreach (EndpointSessionSet<FakeSession> set in Sessions.ReadAllAsync(limit.Token))
            {
                if (condition(set))
                    return set;
            }
        }
        catch (OperationCanceledException exception) when (!Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The sessions never were as wanted. At last: {string.Join("; ", Sessions.Current)}", exception);
        }

        throw new ObjectDisposedException(nameof(Sessions), "The sessions were disposed while a test waited for them.");
    }

    /// <summary>Waits for the session with an ordinal to have a state.</summary>
    public async Task<EndpointSession<FakeSession>> WaitAsync(int ordinal, EndpointSessionState state, string? uid = null) =>
        (await WaitAsync(set => set.Find(ordinal) is { } found && found.State == state && (uid is null || found.Pod.Uid == uid)))
            .Find(ordinal)!;

    /// <summary>Ends the directory alone.</summary>
    public ValueTask EndDirectoryAsync() => _directory.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await Sessions.DisposeAsync();
        await _directory.DisposeAsync();
    }
}
