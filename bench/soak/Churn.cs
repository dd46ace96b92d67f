using System.Diagnostics;
using Berth.LocalCluster;

namespace Berth.Soak;

/// <summary>The changes of the cluster: one act after the other, chosen by the seed.</summary>
internal sealed class Churn
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // The default times of the client: a ping after 15 s, and an end 15 s later, each at most a quarter late; then a connection attempt
    // that ends after 10 s. Together 47.5 s, and time to look.
    internal static readonly TimeSpan MaxUnnoticed = TimeSpan.FromSeconds(50);

    // A silence until A notices it takes most of a minute, in which nothing else happens. So a short soak has none.
    private static readonly TimeSpan LongSoak = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstSilence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenSilences = TimeSpan.FromMinutes(3);
    private readonly LocalCluster.LocalCluster _cluster;
    private readonly ServiceA _service;
    private readonly DispatcherProcess _process;
    private readonly Truth _truth;
    private readonly Outages _outages;
    private readonly Clock _clock;
    private readonly SoakOptions _options;
    private readonly int _basePort;
    private readonly Random _random;
    private readonly (int Weight, Func<CancellationToken, Task> Act)[] _table;
    private readonly SortedDictionary<string, int> _acts = new(StringComparer.Ordinal);
    private TimeSpan _nextSilence;
    private int _replicas;
    private int _revision;

    public Churn(
        LocalCluster.LocalCluster cluster, ServiceA service, DispatcherProcess process, Truth truth, Outages outages, Clock clock,
        SoakOptions options, int basePort)
    {
        _cluster = cluster;
        _service = service;
        _process = process;
        _truth = truth;
        _outages = outages;
        _clock = clock;
        _options = options;
        _basePort = basePort;
        _replicas = options.Replicas;
        _random = new Random(options.Seed);
        _table =
        [
            (25, _ => Kill()),
            (15, _ => Delete("pods deleted", null)),
            (8, _ => Delete("pods deleted by force", 0)),
            (20, _ => Scale(_random.Next(options.Replicas - 1, options.Replicas + 4))),
            (6, _ => RestartPods()),
            (8, _ => DropWatches(compact: false)),
            (6, _ => DropWatches(compact: true)),
            (9, ending => CutAsync(compact: false, ending)),
            (3, ending => CutAsync(compact: true, ending)),
            (4, PauseAsync),
        ];
        _nextSilence = options.Duration >= LongSoak ? FirstSilence : TimeSpan.MaxValue;
    }

    /// <summary>The count of each act.</summary>
    public IReadOnlyDictionary<string, int> Acts => _acts;

    /// <summary>Churns for a while.</summary>
    public async Task RunAsync(TimeSpan until, CancellationToken ending)
    {
        while (_clock.Now < until)
        {
            if (_clock.Now >= _nextSilence)
            {
                await SilenceAsync(ending);
                _nextSilence = _clock.Now + BetweenSilences;
            }

            await ActAsync(ending);
            await Task.Delay(_options.Pace * (0.5 + _random.NextDouble()), ending);
        }
    }

    /// <summary>Returns to the first number of pods.</summary>
    public Task RestoreAsync() => Scale(_options.Replicas);

    /// <summary>Does each act once, so that all code has run and every assembly is loaded before the measurement.</summary>
    public async Task WarmUpAsync(CancellationToken ending)
    {
        foreach ((int _, Func<CancellationToken, Task> act) in _table)
        {
            await act(ending);
            await Task.Delay(_options.Pace / 2, ending);
        }
    }

    private async Task ActAsync(CancellationToken ending)
    {
        int drawn = _random.Next(_table.Sum(act => act.Weight));
        foreach ((int weight, Func<CancellationToken, Task> act) in _table)
        {
            drawn -= weight;
            if (drawn < 0)
            {
                await act(ending);
                return;
            }
        }
    }

    private Task RestartPods()
    {
        Count("rolling restarts");
        _cluster.Apply(Manifests.StatefulSet(_basePort, _replicas, ++_revision));
        return Task.CompletedTask;
    }

    private Task DropWatches(bool compact)
    {
        Count(compact ? "compactions" : "watches dropped");
        if (compact)
            _cluster.Faults.Compact();
        _cluster.Faults.DropWatches();
        return Task.CompletedTask;
    }

    private Task Kill()
    {
        // After the second kill a pod waits ten seconds for its next start, as on a real cluster. There is always another pod that was not
        // killed.
        PodSummary[] able = [.. Standing().Where(pod => pod is { Restarts: 0, ProcessId: not null })];
        if (able.Length == 0)
        {
            return Delete("pods deleted", null);
        }

        Count("processes killed");
        try
        {
            using Process process = Process.GetProcessById(able[_random.Next(able.Length)].ProcessId!.Value);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }

        return Task.CompletedTask;
    }

    private Task Delete(string act, int? grace)
    {
        PodSummary[] able = [.. Standing()];
        if (able.Length == 0)
            return Task.CompletedTask;
        Count(act);
        try
        {
            _cluster.Delete("pod", ServiceA.Namespace, able[_random.Next(able.Length)].Name, grace);
        }
        catch (LocalClusterException)
        {
            // A rolling restart was faster.
        }

        return Task.CompletedTask;
    }

    private Task Scale(int replicas)
    {
        if (replicas == _replicas)
            return Task.CompletedTask;
        Count("scalings");
        _replicas = replicas;
        _cluster.Scale("sts", ServiceA.Namespace, ServiceA.Service, replicas);
        return Task.CompletedTask;
    }

    /// <summary>The API stops and starts again. Meanwhile the pods run on, except perhaps one.</summary>
    private async Task CutAsync(bool compact, CancellationToken ending)
    {
        Count("API restarts");
        TimeSpan length = TimeSpan.FromSeconds(0.3 + (2.7 * _random.NextDouble()));
        TimeSpan cut = _clock.Now;
        _outages.Begin(cut);
        await _cluster.Faults.CutApiAsync();
        TimeSpan stale = await UntilAsync(page => !page.IsLive, "A says that it is stale", ending);
        if (_random.Next(2) == 0)
            await Kill();
        await Task.Delay(length, ending);
        if (compact)
            _cluster.Faults.Compact();
        TimeSpan back = _clock.Now;
        await _cluster.Faults.RestoreApiAsync(ending);
        TimeSpan live = await UntilAsync(page => page.IsLive, "A is live again", ending);
        await _process.LearnStallsAsync(ending);
        _outages.End(stale, back, live, _clock.StalledWithin(back, live));
    }

    /// <summary>
    /// The API keeps its connections and sends nothing, for less than the time after which A sends a ping. A cannot notice it, and gets the
    /// changes later.
    /// </summary>
    private async Task PauseAsync(CancellationToken ending)
    {
        Count("API pauses");
        _outages.Begin(_clock.Now);
        _cluster.Faults.PauseApi();
        if (_random.Next(2) == 0)
            await Kill();
        await Task.Delay(TimeSpan.FromSeconds(0.5 + (4.5 * _random.NextDouble())), ending);
        _cluster.Faults.ResumeApi();
        TimeSpan back = _clock.Now;
        _outages.End(null, back, back, TimeSpan.Zero, silent: true);
    }

    /// <summary>The same, until A notices it.</summary>
    private async Task SilenceAsync(CancellationToken ending)
    {
        Count("API silences");
        _outages.Begin(_clock.Now);
        _cluster.Faults.PauseApi();
        await Delete("pods deleted by force", 0);
        TimeSpan stale = await UntilAsync(page => !page.IsLive, "A says that it is stale", ending);
        await Kill();
        await Task.Delay(TimeSpan.FromSeconds(2), ending);
        _cluster.Faults.ResumeApi();
        TimeSpan back = _clock.Now;
        TimeSpan live = await UntilAsync(page => page.IsLive, "A is live again", ending);
        await _process.LearnStallsAsync(ending);
        _outages.End(stale, back, live, _clock.StalledWithin(back, live), silent: true);
    }

    private async Task<TimeSpan> UntilAsync(Func<Page, bool> condition, string what, CancellationToken ending)
    {
        TimeSpan limit = _clock.Now + Patience;
        while (!condition(await _service.ReadAsync(ending)))
        {
            if (_clock.Now > limit)
                throw new TimeoutException($"{what}: not within {Patience.TotalSeconds:0} s.");
            await Task.Delay(10, ending);
        }

        return _clock.Now;
    }

    /// <summary>The pods that may be removed: never the last one, so that A usually has an answer.</summary>
    private IEnumerable<PodSummary> Standing()
    {
        HashSet<string> available = [.. _truth.Available.Select(target => target.Uid)];
        return available.Count < 2 ? [] : _cluster.Pods.Where(pod => available.Contains(pod.Uid));
    }

    private void Count(string act) => _acts[act] = _acts.GetValueOrDefault(act) + 1;
}
