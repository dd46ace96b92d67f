using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Berth.Seats;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>
/// Clients that come and go through two dispatchers, while pods are killed, restarted one after the other, and scaled. Real connections,
/// the system's clock, and a count of its own.
/// </summary>
internal sealed class SeatSoak : IAsyncDisposable
{
    private const int Pods = 4;
    private const int Seats = 8;
    private const int Clients = 24;
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(30);
    private static readonly string[] s_waits = ["", "?wait=1s"];

    private readonly ConcurrentDictionary<SeatDesk, Life> _lives = new();
    private readonly ConcurrentQueue<string> _violations = [];
    private readonly Random _random;
    private readonly SeatCluster _cluster;
    private readonly DispatcherServer _second;
    private readonly HttpClient[] _clients;
    private long _sessions;
    private long _full;
    private int _killed;
    private int _drained;
    private int _updates;
    private int _scalings;

    private SeatSoak(SeatCluster cluster, DispatcherServer second, HttpClient client, int seed)
    {
        _cluster = cluster;
        _second = second;
        _clients = [cluster.Client, client];
        _random = new Random(seed);
    }

    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>The sessions that began.</summary>
    public long Sessions => _sessions;

    /// <summary>The drains that ended in time.</summary>
    public int Drained => _drained;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<SeatSoak> StartAsync(int seed)
    {
        SeatCluster cluster = await SeatCluster.StartAsync(Pods, Seats);
        (DispatcherServer second, HttpClient client) = await cluster.StartDispatcherAsync(SeatPolicy.LeastLoaded);
        return new SeatSoak(cluster, second, client, seed);
    }

    /// <summary>Runs for a time, and longer on a slow machine, until there was a drain and at least one session a second.</summary>
    public async Task RunAsync(TimeSpan time)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Task clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(i => RunClientAsync(i, end.Token)));
        long started = TimeProvider.System.GetTimestamp();
        while (!clients.IsCompleted && TimeProvider.System.GetElapsedTime(started) is { } elapsed
            && (elapsed < time || (elapsed < time + Wait.Limit && (_drained == 0 || Volatile.Read(ref _sessions) <= time.TotalSeconds))))
            await DisturbAsync();
        await end.CancelAsync();
        await clients;
        await _cluster.PublishAsync();
        foreach (SeatDesk desk in _cluster.Desks.OfType<SeatDesk>())
        {
            desk.Open();
            while (desk.State is { } state && state.Reserved + state.Taken > 0)
                await desk.WaitForChangeAsync(state).WaitAsync(Wait.Limit, Cancelled);
        }

        await _cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == Pods * Seats);
    }

    /// <summary>Returns what was done.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_sessions} sessions, {_full} times full, {_killed} pods killed, {_updates} rolling updates, {_scalings} scalings, " +
        $"{_drained} drains");

    public async ValueTask DisposeAsync()
    {
        _clients[1].Dispose();
        await _second.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task DisturbAsync()
    {
        int ordinal = _random.Next(Pods);
        switch (_random.Next(8))
        {
            case 0:
                _killed++;
                await RestartAsync(ordinal);
                break;
            case 1:
                _updates++;
                // A rolling update goes from the top down.
                for (int i = Pods - 1; i >= 0; i--)
                    await DrainAndRestartAsync(i);
                break;
            case 2:
                _scalings++;
                // Scaled down: the highest pod drains, and then leaves the set.
                await DrainAsync(Pods - 1);
                await _cluster.PublishAsync(count: Pods - 1);
                await RestartAsync(Pods - 1);
                await _cluster.PublishAsync();
                break;
            case 3:
                _cluster.Desks[ordinal]!.Close();
                await PassAsync(_random.Next(10));
                _cluster.Desks[ordinal]!.Open();
                break;
            default:
                await PassAsync(_random.Next(20));
                break;
        }
    }

    private async Task DrainAndRestartAsync(int ordinal)
    {
        await DrainAsync(ordinal);
        await RestartAsync(ordinal);
    }

    private async Task DrainAsync(int ordinal)
    {
        SeatDesk desk = _cluster.Desks[ordinal]!;
        if (!await desk.DrainAsync(s_drain, Cancelled))
            _violations.Enqueue($"{desk} did not drain within {s_drain.TotalSeconds} s");
        _drained++;
        if (LifeOf(desk).Sessions is > 0 and int lost)
            _violations.Enqueue($"{desk} was drained, and {lost} clients are in it");
    }

    private async Task RestartAsync(int ordinal)
    {
        LifeOf(_cluster.Desks[ordinal]!).IsOver = true;
        await _cluster.KillDeskAsync(ordinal);
        await _cluster.StartDeskAsync(ordinal, Seats);
    }

    private async Task RunClientAsync(int number, CancellationToken end)
    {
        Random random = new(number);
        while (!end.IsCancellationRequested)
        {
            int seats = 1 + random.Next(2);
            string? key = random.Next(3) == 0 ? Guid.NewGuid().ToString("N") : null;
            string body = string.Create(CultureInfo.InvariantCulture, $$"""{"seats":{{seats}},"ttl":1}""");
            (int status, JsonElement answer) = await _cluster.ReserveAsync(
                body, s_waits[random.Next(2)], key, _clients[random.Next(2)]);
            if (status == 201)
                await VisitAsync(answer, seats, random);
            else if (status == 503)
                Interlocked.Increment(ref _full);
            else if (status != 409 || key is null)
                _violations.Enqueue($"status {status}: {answer}");
        }
    }

    /// <summary>A client comes to its pod, stays for a moment, and leaves. Some never come.</summary>
    private async Task VisitAsync(JsonElement answer, int seats, Random random)
    {
        string pod = answer.GetProperty("pod").GetString()!;
        int ordinal = int.Parse(pod[(pod.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);
        if (random.Next(20) == 0 || _cluster.Desks[ordinal] is not { } desk)
            return;
        Life life = LifeOf(desk);
        bool isIn = desk.TryRedeem(answer.GetProperty("ticket").GetString(), out SeatSession? session, out SeatRefusal refusal);
        if (!isIn && refusal is not (SeatRefusal.EarlierLife or SeatRefusal.Expired))
            _violations.Enqueue($"{pod} refused a ticket: {refusal}");
        if (!isIn)
            return;
        Interlocked.Increment(ref _sessions);
        if (life.Enter(seats) > Seats || desk.State.Capacity > Seats)
            _violations.Enqueue($"{desk} is oversold");
        await PassAsync(random.Next(8));
        life.Leave(seats);
        session!.Dispose();
    }

    /// <summary>A while, counted in answers of the dispatcher and not in time: a slow machine sees the same story.</summary>
    private async Task PassAsync(int answers)
    {
        for (int i = 0; i < answers; i++)
            await _cluster.WaitForAsync(static _ => true);
    }

    private Life LifeOf(SeatDesk desk) => _lives.GetOrAdd(desk, static _ => new Life());

    /// <summary>The clients in one life of a desk, counted without the desk.</summary>
    private sealed class Life
    {
        private int _seats;

        public bool IsOver { get; set; }

        /// <summary>The seats of clients that are in it; none of a killed pod.</summary>
        public int Sessions => IsOver ? 0 : Volatile.Read(ref _seats);

        public int Enter(int seats) => Interlocked.Add(ref _seats, seats);

        public void Leave(int seats) => Interlocked.Add(ref _seats, -seats);
    }
}
