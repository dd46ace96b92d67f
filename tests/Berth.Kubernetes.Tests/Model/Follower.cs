using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>One client as the product puts it together: source, stream and directory, with the watcher in between.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly KubernetesEndpointSource _source;
    private readonly WatchedStream _stream;
    private readonly EndpointDirectory _directory;
    private readonly EndpointView _view;
    private readonly Presence _presence = new();
    private readonly OwnTime _time;
    private readonly Lock _turn;
    private readonly bool _hops;

    /// <param name="source">The source; it is the follower's from now on.</param>
    /// <param name="watcher">Sees what passes.</param>
    /// <param name="clock">The history's.</param>
    /// <param name="turn">Held by the one that has the turn: the history, or the client where that goes on by itself.</param>
    /// <param name="hops">Whether the client ever goes on on a thread of its own, once it runs: it does where it reads nodes.</param>
    /// <param name="seed">Of the backoff.</param>
    public Follower(KubernetesEndpointSource source, Watcher watcher, TimeProvider clock, Lock turn, bool hops, int seed)
    {
        (_source, Watcher, _turn, _hops) = (source, watcher, turn, hops);
        _time = new OwnTime(clock);
        _stream = new WatchedStream(source, watcher, turn);
        _directory = new EndpointDirectory(_stream, new EndpointDirectoryOptions
        {
            TimeProvider = _time,
            FirstSnapshotTimeout = Timeout.InfiniteTimeSpan,
            Backoff = new ExponentialBackoff(new Random(seed)),
        });
        _view = _presence.Start(() => _directory.Follow(new ServiceTarget("k8s-example2", Cluster.Service), PortScheme.PerOrdinal(3000)));
    }

    public Watcher Watcher { get; }

    /// <summary>While true nothing is read: a consumer that is busy.</summary>
    public bool IsBusy
    {
        get => _stream.IsBusy;
        set => _stream.IsBusy = value;
    }

    /// <summary>True while it waits out a failure.</summary>
    public bool IsBackingOff => _time.IsWaited;

    /// <summary>Waits until it has nothing to do: it reads, or waits out a failure.</summary>
    /// <exception cref="HistoryException">What it did was wrong.</exception>
    public async Task SettleAsync()
    {
        await TurnsAsync();
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string? wrong;
            lock (_turn)
            {
                if (Watcher.Violation is { } violation)
                    throw violation;
                wrong = _presence.IsEmpty && (IsBackingOff || _stream.IsWaiting) ? Disagreement() : "the client neither reads nor waits";
            }

            if (wrong is null)
                return;
            // Where all goes on in one thread, a client at rest is at rest; elsewhere it may be in the middle of something.
            if (TimeProvider.System.GetElapsedTime(began) > s_patience)
                throw new HistoryException(wrong);
            await Task.Yield();
        }
    }

    /// <summary>Waits for what may be under way on another thread; where there is none, it is not waited for.</summary>
    /// <returns>Whether it came to be.</returns>
    public async Task<bool> ComesToBeAsync(Func<bool> condition)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await SettleAsync();
            lock (_turn)
            {
                if (condition())
                    return true;
            }

            if (!_hops || TimeProvider.System.GetElapsedTime(began) > s_patience)
                return false;
            await Task.Yield();
        }
    }

    /// <summary>Compares the view of readers with the read snapshots. Returns the difference, or null.</summary>
    private string? Disagreement()
    {
        EndpointSnapshot? current = _view.Current;
        if (current is null || Watcher.Last is null)
            return current is null && Watcher.Last is null ? DisagreementOnTrouble() : "what was read is not what readers see";
        if (!ExpectedPods.Of(current).OrderBy(static p => p.Key, StringComparer.Ordinal)
            .SequenceEqual(Watcher.Shown!.OrderBy(static p => p.Key, StringComparer.Ordinal)))
            return $"readers see {current}, and {Watcher.Last} was read";
        if (current.Version != Watcher.Snapshots)
            return $"readers see version {current.Version}, and {Watcher.Snapshots} snapshots were read";
        TimeSpan? age = _view.Age;
        TimeSpan? later = age - (_time.GetUtcNow() - Watcher.ReadAt);
        if (_hops ? later > TimeSpan.Zero : later != TimeSpan.Zero)
            return string.Create(
                CultureInfo.InvariantCulture, $"the age is {age}, and the last read was at {Watcher.ReadAt:HH:mm:ss.fff}");
        if (_hops ? current.StaleSince < Watcher.TroubleBegan?.At : current.StaleSince != Watcher.TroubleBegan?.At)
            return $"stale since {current.StaleSince:O}, and the trouble began at {Watcher.TroubleBegan?.At:O}";
        if (current.StaleReason != Watcher.TroubleBegan?.Failure.Message)
            return $"stale because of '{current.StaleReason}', and the trouble began with '{Watcher.TroubleBegan?.Failure.Message}'";
        return DisagreementOnTrouble();
    }

    private string? DisagreementOnTrouble()
    {
        if (_view.Failure?.Message != Watcher.Trouble?.Message)
            return $"the view's trouble is '{_view.Failure?.Message}', and the last read's '{Watcher.Trouble?.Message}'";
        return _view.FailureCount == Watcher.Failures
            ? null
            : $"{_view.FailureCount} failures are counted, and {Watcher.Failures} reads failed";
    }

    /// <summary>Lets what was just set going on other threads go first.</summary>
    private async Task TurnsAsync()
    {
        for (int turn = 0; _hops && turn < 3; turn++)
        {
            TaskCompletionSource gone = new();
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.SetResult(), gone, preferLocal: false);
            await gone.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        await _source.DisposeAsync();
    }
}
