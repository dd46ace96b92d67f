using System.Collections.Concurrent;
using System.Globalization;
using Berth.TestKit;
using Berth.Tests.Backoff;

namespace Berth.Tests.Sessions;

/// <summary>
/// One random history: pods join, leave, are replaced and change state, sessions break, fail, hang and arrive late. After each step that is
/// waited for, the sessions are compared with the pods.
/// </summary>
internal sealed class SessionHistory : IAsyncDisposable
{
    private static readonly TimeSpan s_openTimeout = TimeSpan.FromSeconds(10);

    private readonly int _seed;
    private readonly Random _random;
    private readonly SessionHarness _harness;
    private readonly SortedDictionary<int, PodEndpoint> _pods = [];
    private readonly ConcurrentDictionary<string, int> _attempts = new();
    private readonly ConcurrentDictionary<FakeSession, bool> _broken = new();
    private readonly ConcurrentQueue<Exception> _thrown = new();
    private readonly List<string> _steps = [];
    private TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hanging;
    private int _pod;

    public SessionHistory(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        // A close never takes time here: only openings that hang wait for the clock.
        _harness = new SessionHarness(closeTimeout: TimeSpan.FromDays(20), backoff: new FixedBackoff(TimeSpan.Zero));
        _harness.World.Opening = OpenAsync;
        _harness.World.Closing = CloseAsync;
    }

    public async Task PlayAsync(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            int changes = _random.Next(4) == 0 ? _random.Next(2, 6) : 1;
            for (int change = 0; change < changes; change++)
                Change();
            await SettleAsync();
        }

        // Every other history ends in the middle of changes.
        if (_random.Next(2) == 0)
            Change();
        await DisposeAsync();
        Check(_harness.World.Open.Count == 0, "sessions are open after disposal");
        Check(_harness.World.UnderWay == 0, "sessions are being opened after disposal");
        Check(_harness.World.Opened == _harness.World.Closed, $"{_harness.World.Opened} were opened, {_harness.World.Closed} closed");
        Check(_harness.Sessions.Current.Count == 0, "disposed sessions are not empty");
        // The runtime stops the timer of a wait right after the wait has ended.
        await Wait.UntilAsync(
            () => Task.FromResult(_harness.Clock.Timers), static timers => timers == 0, Wait.Limit, $"seed {_seed}: no timer is left",
            TestContext.Current.CancellationToken);
        HashSet<Exception> logged = [.. _harness.Log.Entries.Select(static entry => entry.Exception!)];
        Check(_thrown.All(logged.Contains), "an exception was seen by nothing");
    }

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    private void Change()
    {
        int ordinal = _random.Next(6);
        bool there = _pods.TryGetValue(ordinal, out PodEndpoint? pod);
        int kind = _random.Next(10);
        if (!there)
            _pods[ordinal] = Pod(ordinal, NewUid(), ready: kind < 8);
        else if (kind < 2)
            _pods.Remove(ordinal);
        else if (kind < 4)
            _pods[ordinal] = Pod(ordinal, NewUid(), pod!.Ready);
        else if (kind < 6)
            _pods[ordinal] = Pod(ordinal, pod!.Uid!, !pod.Ready);
        else if (kind == 6)
            _pods[ordinal] = Pod(ordinal, pod!.Uid!, ready: false, terminating: true);
        else if (kind < 9)
            Break(ordinal);
        else
            _harness.Source.Fail(_harness.View.Target, _harness.View.Ports, "away");
        _steps.Add(string.Create(CultureInfo.InvariantCulture, $"{kind} of {ordinal} -> {string.Join(", ", _pods.Values)}"));
        _harness.Push(_pods.Values);
    }

    private void Break(int ordinal)
    {
        if (_harness.Sessions.Find(ordinal) is not { } session)
            return;
        _broken[session] = true;
        session.Break(_random.Next(2) == 0 ? null : new IOException("cut"));
    }

    /// <summary>Waits until the sessions are as the pods are. Time passes only for openings that hang.</summary>
    private async Task SettleAsync()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wait.Limit);
        while (true)
        {
            Task hung = Volatile.Read(ref _hung).Task;
            EndpointSessionSet<FakeSession> seen = _harness.Sessions.Current;
            if (Differs(seen) is not { } difference)
                break;
            if (Volatile.Read(ref _hanging) > 0)
                _harness.Clock.Advance(s_openTimeout);
            Task changed = await Task.WhenAny(_harness.Sessions.WaitForChangeAsync(seen, limit.Token), hung);
            Check(!limit.IsCancellationRequested, $"the sessions never became as the pods are: {difference}");
            await changed;
        }

        Check(!_harness.World.Violations.Any(), string.Join(' ', _harness.World.Violations));
    }

    private string? Differs(EndpointSessionSet<FakeSession> set)
    {
        if (set.Count != _pods.Count)
            return $"{set.Count} sessions for {_pods.Count} pods";
        foreach ((int ordinal, PodEndpoint pod) in _pods)
        {
            if (set.Find(ordinal) is not { } session || !session.Pod.ContentEquals(pod))
                return $"{ordinal} is {set.Find(ordinal)}, and the pod is {pod}";
            bool isOpen = session.State == EndpointSessionState.Open && session.Session!.Pod.Uid == pod.Uid
                && !_broken.ContainsKey(session.Session) && _harness.World.Open.Contains(session.Session);
            if (!isOpen && (pod.IsAvailable || session is not { State: EndpointSessionState.Waiting, RetryAt: null }))
                return $"{ordinal} is {session}";
        }

        int open = set.Count(static session => session.State == EndpointSessionState.Open);
        return _harness.World.Open.Count == open && _harness.World.UnderWay == 0
            ? null
            : $"{_harness.World.Open.Count} sessions exist, {open} are known";
    }

    /// <summary>Opens as the seed, the process and the number of the attempt say, whatever the order of the attempts.</summary>
    private async Task OpenAsync(PodEndpoint pod, CancellationToken token)
    {
        int attempt = _attempts.AddOrUpdate(pod.Uid!, 1, static (_, before) => before + 1);
        int kind = new Random(HashCode(pod.Uid!, attempt)).Next(attempt > 5 ? 4 : 12);
        if (kind is 2 or 3)
            await Task.Yield();
        else if (kind is 4 or 5)
            throw Thrown($"refused {pod.Name}");
        else if (kind is 6 or 7)
            await FailLaterAsync(pod);
        else if (kind is 8)
            await HangAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else if (kind is 9 or 10)
            await HangAsync(token);
    }

    private async Task FailLaterAsync(PodEndpoint pod)
    {
        await Task.Yield();
        throw Thrown($"failed {pod.Name}");
    }

    private async Task HangAsync(CancellationToken token)
    {
        Interlocked.Increment(ref _hanging);
        Interlocked.Exchange(ref _hung, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            Interlocked.Decrement(ref _hanging);
        }
    }

    private async Task CloseAsync(FakeSession session)
    {
        int kind = new Random(HashCode(session.Pod.Uid!, 0)).Next(4);
        if (kind == 0)
            await Task.Yield();
        if (kind == 1)
            throw Thrown($"close of {session.Pod.Name} failed");
    }

    private IOException Thrown(string message)
    {
        IOException thrown = new(message);
        _thrown.Enqueue(thrown);
        return thrown;
    }

    private int HashCode(string uid, int attempt) =>
        unchecked((_seed * 31) + (int.Parse(uid.AsSpan(1), CultureInfo.InvariantCulture) * 101) + (attempt * 7));

    private string NewUid() => string.Create(CultureInfo.InvariantCulture, $"u{++_pod}");

    private static PodEndpoint Pod(int ordinal, string uid, bool ready, bool terminating = false) =>
        TestPods.Endpoint(ordinal, uid: uid, ready: ready, terminating: terminating);

    private void Check(bool condition, string what)
    {
        if (!condition)
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"Seed {_seed}: {what}. Steps:\n{string.Join('\n', _steps)}"));
    }
}
