using System.Diagnostics;
using Berth.LocalCluster;

namespace Berth.Soak;

/// <summary>What happens to the cluster: one act after the other, drawn from the seed.</summary>
internal sealed class Churn(LocalCluster.LocalCluster cluster, ServiceA service, Truth truth, Outages outages, Clock clock, SoakOptions options, int basePort)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Random _random = new(options.Seed);
    private readonly SortedDictionary<string, int> _acts = new(StringComparer.Ordinal);
    private int _replicas = options.Replicas;
    private int _revision;

    /// <summary>How often each thing was done.</summary>
    public IReadOnlyDictionary<string, int> Acts => _acts;

    /// <summary>Churns for a while.</summary>
    public async Task RunAsync(TimeSpan until, CancellationToken ending)
    {
        while (clock.Now < until)
        {
            await ActAsync(ending);
            await Task.Delay(options.Pace * (0.5 + _random.NextDouble()), ending);
        }
    }

    /// <summary>Back to as many pods as there were at first.</summary>
    public void Restore() => Scale(options.Replicas);

    private async Task ActAsync(CancellationToken ending)
    {
        switch (_random.Next(100))
        {
            case < 25:
                Kill();
                break;
            case < 40:
                Delete("pods deleted", null);
                break;
            case < 48:
                Delete("pods deleted by force", 0);
                break;
            case < 68:
                Scale(_random.Next(options.Replicas - 1, options.Replicas + 4));
                break;
            case < 74:
                Count("rolling restarts");
                cluster.Apply(Manifests.StatefulSet(basePort, _replicas, ++_revision));
                break;
            case < 82:
                Count("watches dropped");
                cluster.Faults.DropWatches();
                break;
            case < 88:
                Count("compactions");
                cluster.Faults.Compact();
                cluster.Faults.DropWatches();
                break;
            default:
                await CutAsync(TimeSpan.FromSeconds(0.3 + (2.7 * _random.NextDouble())), compact: _random.Next(3) == 0, ending);
                break;
        }
    }

    private void Kill()
    {
        // Twice killed, a pod waits ten seconds for its next start, as on a real cluster; there is always another that has not been.
        PodSummary[] able = [.. Standing().Where(pod => pod is { Restarts: 0, ProcessId: not null })];
        if (able.Length == 0)
        {
            Delete("pods deleted", null);
            return;
        }

        Count("processes killed");
        try
        {
            using Process process = Process.GetProcessById(able[_random.Next(able.Length)].ProcessId!.Value);
            process.Kill();
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
    }

    private void Delete(string act, int? grace)
    {
        PodSummary[] able = [.. Standing()];
        if (able.Length == 0)
            return;
        Count(act);
        try
        {
            cluster.Delete("pod", ServiceA.Namespace, able[_random.Next(able.Length)].Name, grace);
        }
        catch (LocalClusterException)
        {
            // A rolling restart was faster.
        }
    }

    private void Scale(int replicas)
    {
        if (replicas == _replicas)
            return;
        Count("scalings");
        _replicas = replicas;
        cluster.Scale("sts", ServiceA.Namespace, ServiceA.Service, replicas);
    }

    /// <summary>The API goes away and comes back; meanwhile the pods live on, and one of them perhaps does not.</summary>
    private async Task CutAsync(TimeSpan length, bool compact, CancellationToken ending)
    {
        Count("API restarts");
        TimeSpan cut = clock.Now;
        outages.Begin(cut);
        await cluster.Faults.CutApiAsync();
        TimeSpan stale = await UntilAsync(page => !page.IsLive, "A says that it is stale", ending);
        if (_random.Next(2) == 0)
            Kill();
        await Task.Delay(length, ending);
        if (compact)
            cluster.Faults.Compact();
        TimeSpan back = clock.Now;
        await cluster.Faults.RestoreApiAsync(ending);
        TimeSpan live = await UntilAsync(page => page.IsLive, "A is live again", ending);
        outages.End(stale, back, live, clock.StalledWithin(back, live));
    }

    private async Task<TimeSpan> UntilAsync(Func<Page, bool> condition, string what, CancellationToken ending)
    {
        TimeSpan limit = clock.Now + Patience;
        while (!condition(await service.ReadAsync(ending)))
        {
            if (clock.Now > limit)
                throw new TimeoutException($"{what}: not within {Patience.TotalSeconds:0} s.");
            await Task.Delay(10, ending);
        }

        return clock.Now;
    }

    /// <summary>The pods that may be taken away: one always stays, so that A has an answer throughout.</summary>
    private IEnumerable<PodSummary> Standing()
    {
        HashSet<string> available = [.. truth.Available.Select(target => target.Uid)];
        return available.Count < 2 ? [] : cluster.Pods.Where(pod => available.Contains(pod.Uid));
    }

    private void Count(string act) => _acts[act] = _acts.GetValueOrDefault(act) + 1;
}
