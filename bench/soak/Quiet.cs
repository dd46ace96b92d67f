namespace Berth.Soak;

/// <summary>The checks that need a quiet cluster: nothing has changed for a second, so A must know the exact set.</summary>
internal sealed class Quiet(
    LocalCluster.LocalCluster cluster, ServiceA service, DispatcherProcess process, SteadyB steady, Truth truth, Judge judge, Clock clock,
    SoakOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private const int Looks = 3;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(150);
    private readonly List<Footprint> _ofA = [];
    private readonly List<Footprint> _ofB = [];
    private readonly List<Footprint> _ofCluster = [];

    public int Times { get; private set; }

    public int Wrong { get; private set; }

    public TimeSpan LongestSettling { get; private set; }

    public Trend OfA => new(_ofA);

    public Trend OfB => new(_ofB);

    public Trend OfCluster => new(_ofCluster);

    public async Task CheckAsync(bool count, CancellationToken ending)
    {
        await SettleAsync(ending);
        await CompareAsync(ending);
        if (!count)
            return;
        // The current length of the history must not affect the measurement.
        cluster.Faults.Compact();
        _ofA.Add(await LookAsync(() => process.MeasureAsync(ending), ending));
        _ofB.Add(await LookAsync(() => Task.FromResult(steady.Measure()), ending));
        _ofCluster.Add(await LookAsync(static () => Task.FromResult(Footprint.OfThisProcess()), ending));
    }

    /// <summary>Returns the smallest of several samples, a moment apart.</summary>
    private static async Task<Footprint> LookAsync(Func<Task<Footprint>> measure, CancellationToken ending)
    {
        Footprint least = await measure();
        for (int look = 1; look < Looks; look++)
        {
            await Task.Delay(BetweenLooks, ending);
            least = least.Least(await measure());
        }

        return least;
    }

    private async Task SettleAsync(CancellationToken ending)
    {
        TimeSpan began = clock.Now;
        while (!IsSettled())
        {
            if (clock.Now - began > Patience)
                throw new TimeoutException($"The cluster did not come to rest within {Patience.TotalSeconds:0} s: " +
                    $"{string.Join(", ", truth.Available)} are available.");
            await Task.Delay(20, ending);
        }

        TimeSpan settling = clock.Now - began;
        LongestSettling = settling > LongestSettling ? settling : LongestSettling;
    }

    private bool IsSettled()
    {
        TimeSpan changed = truth.ChangedAt;
        return truth.IsAtRest && truth.Available.Count == options.Replicas
            && clock.Now - changed - clock.StalledWithin(changed, clock.Now) > Rest;
    }

    private async Task CompareAsync(CancellationToken ending)
    {
        IReadOnlyList<Target> expected = truth.Available;
        Page page = await service.ReadAsync(ending);
        HashSet<string> picked = new(StringComparer.Ordinal);
        for (int i = 0; i < 40 * options.Replicas; i++)
            picked.Add((await service.PickAsync(ending)).Authority);
        if (!truth.Available.SequenceEqual(expected))
            return;
        Times++;
        IEnumerable<Target> named = page.Ready.OrderBy(target => target.Pod, StringComparer.Ordinal);
        bool good = page.IsLive && named.SequenceEqual(expected) && picked.SetEquals(expected.Select(target => target.Authority));
        if (good)
            return;
        Wrong++;
        judge.Fault(
            $"after quiet A was {(page.IsLive ? "live" : "stale")}, had {string.Join(", ", named)} and picked {string.Join(", ", picked)}; "
            + $"there were {string.Join(", ", expected)}");
    }
}
