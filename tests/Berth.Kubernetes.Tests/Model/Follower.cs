using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>One client, built as in the product: a source, its stream and a directory. The watcher stands between them.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private static readonly TimeSpan s_hint = TimeSpan.FromSeconds(5);

    private readonly KubernetesEndpointSource _source;
    private readonly WatchedStream _stream;
    private readonly EndpointDirectory _directory;
    private readonly EndpointView _view;
    private readonly OwnTime _time;
    private readonly Lock _turn;
    private readonly bool _hops;

    /// <param name="source">The source. The follower disposes it.</param>
    /// <param name="watcher">Sees each snapshot and each failure.</param>
    /// <param name="clock">The clock of the history.</param>
    /// <param name="turn">The lock of the thread that may change things: that of the history, or one of the client.</param>
    /// <param name="hops">True when the client also runs on threads of its own: it does when it reads nodes.</param>
    /// <param name="seed">The seed of the backoff.</param>
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
        _view = _directory.Follow(new ServiceTarget("k8s-example2", Cluster.Service), PortScheme.PerOrdinal(3000));
    }

    public Watcher Watcher { get; }

    /// <summary>While true, nothing is read, as with a busy consumer.</summary>
    public bool IsBusy
    {
        get => _stream.IsBusy;
        set => _stream.IsBusy = value;
    }

    /// <summary>True while the client waits after a failure.</summary>
    public bool IsBackingOff => _time.IsWaited;

    /// <summary>Waits until the client has nothing to do: it waits for an event, or for its backoff after a failure.</summary>
    /// <exception cref="HistoryException">The client published something wrong.</exception>
    public async Task SettleAsync()
    {
        string? wrong = null;
        // A client with threads of its own may still be at work, so a difference counts only after some time.
        if (!await LooksUntilAsync(() => (wrong = FindFault()) is null, Wait.Limit))
            throw new HistoryException(wrong!);
    }

    /// <summary>Waits for a condition that another thread may still bring about. Without such threads it does not wait.</summary>
    /// <param name="condition">Called under the lock.</param>
    /// <param name="decides">False when the history goes on without it, so that a shorter wait is enough.</param>
    /// <returns>True when the condition came true.</returns>
    public async Task<bool> ComesToBeAsync(Func<bool> condition, bool decides = true)
    {
        await SettleAsync();
        string? wrong = null;
        bool Look()
        {
            lock (_turn)
                return (wrong = FindFault()) is null && condition();
        }

        if (_hops ? await LooksUntilAsync(Look, decides ? Wait.Limit : s_hint) : Look())
            return true;
        return wrong is null ? false : throw new HistoryException(wrong);
    }

    /// <summary>
    /// Looks until a condition is true: at first without pauses, because other threads often need only some turns, and then with pauses
    /// that leave them the processors.
    /// </summary>
    private async Task<bool> LooksUntilAsync(Func<bool> condition, TimeSpan patience)
    {
        const int InARow = 50;
        await TurnsAsync();
        for (int look = 0; look < InARow; look++)
        {
            if (condition())
                return true;
            await Task.Yield();
        }

        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(1));
        long began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > patience)
                return false;
            await pace.WaitForNextTickAsync();
        }

        return true;
    }

    /// <summary>Returns what is wrong or still in progress, or null.</summary>
    private string? FindFault()
    {
        lock (_turn)
        {
            if (Watcher.Violation is { } violation)
                throw violation;
            return IsBackingOff || _stream.IsWaiting ? Disagreement() : "the client neither reads nor waits";
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

    /// <summary>Lets work that was just queued on other threads run first.</summary>
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
