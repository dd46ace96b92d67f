using System.Globalization;
using System.Text;
using Berth.Kubernetes.Access;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.InProcess;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Model;

/// <summary>
/// One random history: pods, slices and API faults in any order, on a clock that it moves, played against the real source from the HTTP answer
/// up. Everything follows from the seed.
/// </summary>
internal sealed class History
{
    // Twice the longest watch, and some: the slowest way to notice anything is a watch that falls silent where bookmarks are unknown.
    private static readonly TimeSpan s_longestRecovery = TimeSpan.FromMinutes(30);

    private readonly StringBuilder _told = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Random _random;
    private readonly Habits _habits;
    private readonly Cluster _cluster;
    private readonly Controllers _controllers;
    private readonly ApiServer _api;
    private readonly int _seed;

    public History(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _habits = Habits.Any(_random);
        _cluster = new Cluster(_random);
        _controllers = new Controllers(_cluster, _random);
        _api = new ApiServer(_cluster, _habits, _random, Note);
    }

    /// <summary>Everything that happened, for people.</summary>
    public string Told => _told.ToString();

    /// <summary>Plays it.</summary>
    /// <exception cref="HistoryException">The product was wrong.</exception>
    public async Task PlayAsync()
    {
        Note(_habits.ToString());
        await using KubernetesEndpointSource source = Connect();
        await using IEndpointStream stream = source.Open(new ServiceTarget("k8s-example2", Cluster.Service), PortScheme.PerOrdinal(3000));
        Watcher watcher = new(stream, _cluster, _habits, _time, Note);
        int steps = _random.Next(10, 60);
        for (int step = 0; step < steps; step++)
        {
            await StepAsync(watcher);
            _api.Pump();
            await watcher.SettleAsync();
        }

        await QuietAsync(watcher);
        await StayAsync(watcher);
        await CompareWithFreshAsync(watcher);
    }

    private KubernetesEndpointSource Connect() => new(
        new ClusterAccess { Server = new Uri("http://model:8080"), Source = "history" },
        new KubernetesEndpointSourceOptions { TimeProvider = _time, Random = new Random(_seed), StreamingLists = _habits.ClientStreams },
        new KubernetesApiOptions { Transport = () => new InProcessTransport(_api.Serve) });

    private async Task StepAsync(Watcher watcher)
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
                watcher.IsBusy = _random.Next(3) == 0;
                break;
            case 17:
                RequestFault fault = (RequestFault)_random.Next((int)RequestFault.BrokenInHalf + 1);
                Note($"the next request fails: {fault}");
                _api.FailNext(fault);
                _api.ForEachWatch(w => w.Cut(_api.Lag ?? _cluster.Version, _random.Next(2) == 0));
                break;
            case 18 when _random.Next(8) == 0:
                await RestoreAsync(watcher);
                break;
            default:
                Disturb();
                break;
        }
    }

    private void Disturb()
    {
        long now = _api.Lag ?? _cluster.Version;
        int what = _random.Next(11);
        Note($"disturbance {what}");
        switch (what)
        {
            case 0 or 1:
                _api.ForEachWatch(w => w.Cut(now, broken: what == 0));
                break;
            case 2:
                _api.ForEachWatch(static w => w.Body.End());
                break;
            case 3:
                _api.Compact();
                _api.ForEachWatch(static w => w.Body.Break());
                break;
            case 4:
                _api.ForEachWatch(static w => w.Error(410, "Expired"));
                break;
            case 5:
                _api.ForEachWatch(static w => w.Error(500, "InternalError"));
                break;
            case 6:
                _api.ForEachWatch(static w => w.Raw("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\n"));
                break;
            case 7:
                _api.ForEachWatch(static w => w.Raw("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"service-b-v40\",\"resourceVersion\":\"50\"},\"endpoints\":null}}\n"));
                break;
            case 8:
                _api.ForEachWatch(static w => w.IsSilent = true);
                break;
            case 9:
                _api.Lag = _api.Lag is null ? _cluster.Version : null;
                break;
            default:
                _api.ForEachWatch(w => w.Bookmark(now));
                break;
        }
    }

    /// <summary>The store goes back to an earlier state. Whoever is watched silently from a version that is no more can only know it from bookmarks that stay away.</summary>
    private async Task RestoreAsync(Watcher watcher)
    {
        if (_habits.Future == 0 && !_habits.SendsBookmarks)
            return;
        _api.Recover();
        await QuietAsync(watcher);
        // Whoever has never had a bookmark cannot miss one: a server is restored some minutes after it was first watched.
        for (int i = 0; i < 400 && !_api.HasSentBookmark; i++)
        {
            Advance(TimeSpan.FromSeconds(5), told: false);
            _api.Pump();
            _api.ForEachWatch(w => w.Bookmark(_cluster.Version));
            await watcher.SettleAsync();
        }

        long back = Math.Max(100, _cluster.Version - _random.Next(1, 30));
        Note($"the store is set back to {back}");
        _cluster.Restore(back);
        _controllers.Restored();
        _api.Restart();
        watcher.AwaitsRestore = true;
        await QuietAsync(watcher, write: false);
    }

    /// <summary>No more faults and no more changes: within half an hour the client shows the truth.</summary>
    private async Task QuietAsync(Watcher watcher, bool write = true)
    {
        Note("quiet");
        _api.Recover();
        watcher.IsBusy = false;
        while (write && _controllers.HasWrites)
            Note(_controllers.Write());
        DateTimeOffset limit = _time.GetUtcNow() + s_longestRecovery;
        while (true)
        {
            _api.Pump();
            await watcher.SettleAsync();
            string? difference = watcher.AwaitsRestore && !_api.IsWatched ? "nobody watches the truth since it was restored" : watcher.Difference();
            if (difference is null)
            {
                if (watcher.AwaitsRestore)
                    watcher.Restored();
                return;
            }

            if (_time.GetUtcNow() > limit)
                throw new HistoryException($"After half an hour of quiet: {difference}");
            Advance(TimeSpan.FromMilliseconds(watcher.IsBackingOff || _random.Next(2) == 0 ? 250 : 5000), told: false);
        }
    }

    /// <summary>And it goes on showing it, whatever is still under way.</summary>
    private async Task StayAsync(Watcher watcher)
    {
        for (int i = 0; i < 3; i++)
        {
            Advance(TimeSpan.FromSeconds(100 * i), told: false);
            _api.Pump();
            await watcher.SettleAsync();
            if (watcher.Difference() is not null)
            {
                // It only now caught up, and may hold what left on the way.
                Advance(Slices.PodHolds.Duration, told: false);
                await watcher.SettleAsync();
            }

            if (watcher.Difference() is { } difference)
                throw new HistoryException($"After it had agreed: {difference}");
        }
    }

    /// <summary>What is shown follows from the state alone, not from how it came about: a client that has just come shows the same.</summary>
    private async Task CompareWithFreshAsync(Watcher watcher)
    {
        await using KubernetesEndpointSource source = Connect();
        await using IEndpointStream stream = source.Open(new ServiceTarget("k8s-example2", Cluster.Service), PortScheme.PerOrdinal(3000));
        Watcher fresh = new(stream, _cluster, _habits, _time, Note);
        await QuietAsync(fresh);
        // Where two are equally right, the one it still shows may be from before a watch fell silent: it has as long as ever to notice.
        DateTimeOffset limit = _time.GetUtcNow() + s_longestRecovery;
        while (FirstDifference(fresh.Shown!, watcher.Shown!) is { } difference)
        {
            if (_time.GetUtcNow() > limit)
                throw new HistoryException($"What is shown does not follow from the state alone: {difference}");
            Advance(TimeSpan.FromSeconds(5), told: false);
            _api.Pump();
            await watcher.SettleAsync();
            await fresh.SettleAsync();
        }
    }

    private static string? FirstDifference(Dictionary<string, string> fresh, Dictionary<string, string> old)
    {
        foreach (string name in fresh.Keys.Union(old.Keys).Order(StringComparer.Ordinal))
        {
            if (fresh.GetValueOrDefault(name) != old.GetValueOrDefault(name))
                return $"{name} is '{fresh.GetValueOrDefault(name)}' to who has just come, and '{old.GetValueOrDefault(name)}' to who was there";
        }

        return null;
    }

    private void Advance(TimeSpan time, bool told = true)
    {
        if (told)
            Note($"{time.TotalMilliseconds} ms pass");
        _api.TimePassed();
        _time.Advance(time);
    }

    private void Note(string what) => _told.Append(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():HH:mm:ss.fff} {what}").Append('\n');
}
