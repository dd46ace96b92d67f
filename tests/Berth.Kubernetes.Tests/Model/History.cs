using System.Globalization;
using System.Text;
using Berth.Kubernetes.Assembly;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.InProcess;

namespace Berth.Kubernetes.Model;

/// <summary>
/// One random history: changes of pods and slices and faults of the API, in any order, on a clock that the history controls. It gives HTTP
/// answers to the real source. Everything follows from the seed.
/// </summary>
internal sealed class History
{
    // A bit more than twice the longest watch. The slowest way to notice a fault is a watch without data when the server sends no
    // bookmarks.
    private static readonly TimeSpan s_maxRecovery = TimeSpan.FromMinutes(30);

    private readonly StringBuilder _told = new();
    private readonly TestClock _time = new();
    private readonly Random _random;
    private readonly Habits _habits;
    private readonly Cluster _cluster;
    private readonly Controllers _controllers;
    private readonly ApiServer _api;
    private readonly Disturbances _disturbances;
    private readonly Lock _turn = new();
    private readonly int _seed;

    public History(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _habits = Habits.Any(_random);
        _cluster = new Cluster(_random);
        _controllers = new Controllers(_cluster, _random, WithNodes);
        _api = new ApiServer(_cluster, _habits, _random, _time, Note);
        _disturbances = new Disturbances(_cluster, _api, _random, Note);
    }

    /// <summary>The log of the history, for people.</summary>
    public string Told => _told.ToString();

    private bool WithNodes => _habits.AddressMode != AddressMode.Internal;

    /// <summary>Plays it.</summary>
    /// <exception cref="HistoryException">The product was wrong.</exception>
    public async Task PlayAsync()
    {
        Note(_habits.ToString());
        // Most nodes exist before the client starts.
        for (int i = _random.Next(8); WithNodes && i > 0; i--)
            Note(_controllers.ChangeNode());
        while (_controllers.HasWrites)
            Note(_controllers.Write());
        await using Follower follower = await FollowAsync(0);
        int steps = _random.Next(10, 60);
        for (int step = 0; step < steps; step++)
        {
            await StepAsync(follower);
            await SendAsync(follower);
        }

        await QuietAsync(follower);
        await StayAsync(follower);
        await CompareWithFreshAsync(follower);
    }

    private async Task<Follower> FollowAsync(int number)
    {
        int asked = _api.Nodes.AllRequests;
        Watcher watcher = new(_cluster, _api, _habits, _time, Note);
        KubernetesEndpointSource source = new(
            new ClusterAccess { Server = new Uri("http://model:8080"), Source = "history" },
            new KubernetesEndpointSourceOptions
            {
                TimeProvider = _time,
                Random = new Random(_seed),
                StreamingLists = _habits.ClientStreams,
                AddressMode = _habits.AddressMode,
            },
            new KubernetesApiOptions { Transport = () => new InProcessTransport((request, ending) => Serve(watcher, request, ending)) });
        Follower follower = new(source, watcher, _time, _turn, WithNodes, _seed + number);
        // At first nodes are read on a separate thread, and the clock must not move before that thread runs.
        if (!await follower.ComesToBeAsync(() => !WithNodes || _api.Nodes.AllRequests > asked))
            throw new HistoryException("Nodes were never asked for.");
        return follower;
    }

    private Task<HttpResponseMessage> Serve(Watcher watcher, InProcessRequest request, CancellationToken ending)
    {
        lock (_turn)
        {
            try
            {
                return _api.Serve(request, ending);
            }
            catch (HistoryException exception)
            {
                // Otherwise the product would report it as a failure of the server.
                watcher.Violation ??= exception;
                throw;
            }
        }
    }

    private async Task SendAsync(Follower follower)
    {
        lock (_turn)
            _api.Pump();
        await follower.SettleAsync();
    }

    private async Task StepAsync(Follower follower)
    {
        if (_random.Next(150) == 0)
        {
            await RestoreAsync(follower);
            return;
        }

        lock (_turn)
            Step(follower);
    }

    private void Step(Follower follower)
    {
        switch (_random.Next(20))
        {
            case 0 or 1 or 2 or 3 or 4 or 5:
                Note(_controllers.Act());
                break;
            case 6 or 7 or 8 or 9 or 10 or 11:
                int writes = _random.Next(1, 5);
                while (writes-- > 0 && _controllers.HasWrites)
                    Note(_controllers.Write());
                break;
            case 12 or 13:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 400)));
                break;
            case 14:
                Advance(TimeSpan.FromSeconds(_random.Next(1, 60)));
                break;
            case 15 when _random.Next(3) == 0:
                Advance(TimeSpan.FromMinutes(_random.Next(1, 15)));
                break;
            case 16:
                follower.IsBusy = _random.Next(3) == 0;
                break;
            case 17:
                RequestFault fault = (RequestFault)_random.Next((int)RequestFault.BrokenInHalf + 1);
                Note($"the next request fails: {fault}");
                _api.FailNext(fault);
                _api.ForEachWatch(w => w.Cut(_api.Lag ?? _cluster.Version, _random.Next(2) == 0));
                break;
            default:
                _disturbances.Act();
                break;
        }
    }

    /// <summary>
    /// The store goes back to an earlier state. A client whose watch waits at a lost version can notice that only from missing data.
    /// </summary>
    private async Task RestoreAsync(Follower follower)
    {
        lock (_turn)
            _api.Recover();
        await QuietAsync(follower);
        lock (_turn)
        {
            long back = Math.Max(100, _cluster.Version - _random.Next(1, 30));
            Note($"the store is set back to {back}");
            follower.Watcher.Nodes.RememberGhosts();
            _api.SetBack(back);
            _cluster.Restore(back);
            follower.Watcher.Nodes.Restart();
            _controllers.Restored();
            follower.Watcher.AwaitsRestore = true;
            _api.Restart();
        }

        await QuietAsync(follower, restored: true);
    }

    /// <summary>There are no more faults and no more changes: within half an hour the client shows the real state.</summary>
    private async Task QuietAsync(Follower follower, bool restored = false)
    {
        lock (_turn)
        {
            Note("quiet");
            _api.Recover();
            follower.IsBusy = false;
            while (!restored && _controllers.HasWrites)
                Note(_controllers.Write());
        }

        DateTimeOffset limit = _time.GetUtcNow() + s_maxRecovery;
        int agreed = 0;
        bool unhurried = false;
        Hearing hearing = new(_api, WithNodes, _time);
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            bool late;
            await SendAsync(follower);
            if (unhurried)
                await pace.WaitForNextTickAsync();
            lock (_turn)
            {
                // A held pod may look correct until its hold ends.
                agreed = Lacks(follower, restored) is null ? agreed + 1 : 0;
                if (agreed == 2)
                    break;
                late = hearing.IsLate(follower) && agreed == 0;
                if (!late && _time.GetUtcNow() <= limit)
                {
                    Advance(
                        TimeSpan.FromMilliseconds(agreed > 0 || follower.IsBackingOff || _random.Next(2) == 0 ? 250 : 5000), told: false);
                    continue;
                }
            }

            if (await follower.ComesToBeAsync(() => Lacks(follower, restored) is null, decides: unhurried && !late))
                break;
            if (late && await CatchesUpAsync(follower, restored))
                continue;
            if (late)
                throw new HistoryException($"It is told everything, is in no trouble, and did not show it: {Lacks(follower, restored)}");
            // If a busy machine delays a thread by some milliseconds, half an hour of the fake clock is lost. The client gets another half
            // hour, at a slower pace.
            if (unhurried || !WithNodes)
                throw new HistoryException($"After half an hour of quiet: {Lacks(follower, restored)}");
            unhurried = true;
            limit = _time.GetUtcNow() + s_maxRecovery;
        }

        if (restored)
        {
            follower.Watcher.Restored();
            follower.Watcher.Nodes.ForgetGhosts();
        }
    }

    /// <summary>Starts the holds that follow now: on a busy machine the client may read old events only now.</summary>
    private async Task<bool> CatchesUpAsync(Follower follower, bool restored)
    {
        TimeSpan step = PodHolds.Duration;
        for (TimeSpan passed = TimeSpan.Zero; passed <= PodHolds.Deleted; passed += step)
        {
            await PassAsync(follower, step);
            if (await follower.ComesToBeAsync(() => Lacks(follower, restored) is null, decides: passed + step > PodHolds.Deleted))
                return true;
        }

        return false;
    }

    private string? Lacks(Follower follower, bool restored)
    {
        if (restored && !IsWatched())
            return "no client watches the truth since it was restored";
        // The reason why a pod cannot be dialled is the same for every process of its name, so it may be correct by chance while an event
        // is missing.
        return WithNodes && _api.HasSilentWatch ? "a watch is still silent" : follower.Watcher.Difference();
    }

    private bool IsWatched() => _api.IsWatched(_api.Slices) && (!WithNodes || _api.IsWatched(_api.Nodes));

    /// <summary>The client must continue to show it, whatever else is still in progress.</summary>
    private async Task StayAsync(Follower follower)
    {
        for (int i = 0; i < 3; i++)
        {
            await PassAsync(follower, TimeSpan.FromSeconds(100 * i));
            // The client has caught up only now, and may hold pods that left meanwhile.
            if (follower.Watcher.Difference() is not null)
                await PassAsync(follower, PodHolds.Deleted);
            if (!await follower.ComesToBeAsync(() => follower.Watcher.Difference() is null))
                throw new HistoryException($"After it had agreed: {follower.Watcher.Difference()}");
        }
    }

    /// <summary>The shown pods depend only on the state, and not on earlier events: a new client shows the same.</summary>
    private async Task CompareWithFreshAsync(Follower follower)
    {
        await using Follower fresh = await FollowAsync(1);
        await QuietAsync(fresh);
        // If two texts are correct, the client may still show the one from before a watch became silent. It has the usual time to notice.
        DateTimeOffset limit = _time.GetUtcNow() + s_maxRecovery;
        string? Difference() => FirstDifference(fresh.Watcher.Shown!, follower.Watcher.Shown!);
        while (Difference() is not null)
        {
            if (_time.GetUtcNow() > limit && !await follower.ComesToBeAsync(() => Difference() is null))
                throw new HistoryException($"What is shown does not follow from the state alone: {Difference()}");
            await PassAsync(follower, TimeSpan.FromSeconds(5));
            await fresh.SettleAsync();
        }
    }

    private async Task PassAsync(Follower follower, TimeSpan time)
    {
        lock (_turn)
            Advance(time, told: false);
        await SendAsync(follower);
    }

    private static string? FirstDifference(Dictionary<string, string> fresh, Dictionary<string, string> old)
    {
        foreach (string name in fresh.Keys.Union(old.Keys).Order(StringComparer.Ordinal))
        {
            if (fresh.GetValueOrDefault(name) != old.GetValueOrDefault(name))
                return $"{name} is '{fresh.GetValueOrDefault(name)}' to who has just come, and '{old.GetValueOrDefault(name)}' to who " +
                    "was there";
        }

        return null;
    }

    private void Advance(TimeSpan time, bool told = true)
    {
        if (told)
            Note($"{time.TotalMilliseconds} ms pass");
        _time.Pass(time, _api.TimePassed);
    }

    private void Note(string what) => _told.Append(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():HH:mm:ss.fff} {what}").Append('\n');
}
