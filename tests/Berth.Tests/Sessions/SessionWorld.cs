using System.Collections.Concurrent;

namespace Berth.Tests.Sessions;

/// <summary>All sessions that exist, as a server would see them: how a session opens and closes is up to the test.</summary>
internal sealed class SessionWorld
{
    private readonly ConcurrentDictionary<FakeSession, bool> _open = new();
    private readonly ConcurrentQueue<string> _events = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private int _underWay;
    private int _opened;
    private int _closed;

    /// <summary>Called before a session is open. It may throw, wait, or return although the attempt is cancelled.</summary>
    public Func<PodEndpoint, CancellationToken, Task>? Opening { get; set; }

    /// <summary>Called after a session is closed.</summary>
    public Func<FakeSession, Task>? Closing { get; set; }

    public ICollection<FakeSession> Open => _open.Keys;

    public IEnumerable<string> Events => _events;

    /// <summary>The states that must never exist: two sessions for one ordinal, or a session that is closed twice.</summary>
    public IEnumerable<string> Violations => _violations;

    public int UnderWay => Volatile.Read(ref _underWay);

    public int Opened => Volatile.Read(ref _opened);

    public int Closed => Volatile.Read(ref _closed);

    public async Task<FakeSession> OpenAsync(PodEndpoint pod, CancellationToken token)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            if (Opening is { } opening)
                await opening(pod, token);
            FakeSession session = new(pod, this);
            lock (_open)
            {
                if (_open.Keys.FirstOrDefault(other => other.Pod.Name == pod.Name) is { } other)
                    _violations.Enqueue($"{pod.Name} ({pod.Uid}) got a second session beside {other.Pod.Uid}.");
                _open[session] = true;
            }

            Interlocked.Increment(ref _opened);
            _events.Enqueue($"open {pod.Name} {pod.Uid}");
            return session;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    public async Task CloseAsync(FakeSession session)
    {
        if (!_open.TryRemove(session, out _))
            _violations.Enqueue($"The session of {session.Pod.Name} ({session.Pod.Uid}) was closed twice.");
        Interlocked.Increment(ref _closed);
        _events.Enqueue($"close {session.Pod.Name} {session.Pod.Uid}");
        if (Closing is { } closing)
            await closing(session);
    }
}
