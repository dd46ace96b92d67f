using System.Net;
using Berth.Backoff;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Seats.Desks;
using Berth.Seats.Wire;
using Berth.Signals;

namespace Berth.Dispatcher.Seats;

/// <summary>The desks of one target. It follows the target's snapshots, and keeps a link to the desk of each pod.</summary>
internal sealed class SeatTarget : ISeatBoard, IAsyncDisposable
{
    private readonly SeatContext _context;
    private readonly Supervisor _following;
    private readonly Lock _signalLock = new();
    private readonly Latest<object> _changes = new(new object());
    private volatile IReadOnlyList<DeskLink> _links = [];
    private volatile Dictionary<(string? Cluster, int Ordinal), DeskLink> _byOrdinal = [];
    private EndpointSnapshot? _seen;

    public SeatTarget(ServedTarget target, SeatContext context)
    {
        Target = target;
        _context = context;
        Line = new SeatLine(this, context);
        Picker = new FreeSeatPicker(FindFree, context.Random);
        _following = new Supervisor(FollowAsync, Fail, new ExponentialBackoff(context.Random), context.Time);
        _following.Start();
    }

    public ServedTarget Target { get; }

    /// <summary>Its name, as <c>namespace/service</c>.</summary>
    public string Name => Target.Name;

    /// <summary>The maximum number of seats that one client can get. Null while a desk is silent or no desk has seats.</summary>
    public int? MostSeats
    {
        get
        {
            IReadOnlyList<DeskLink> links = _links;
            if (links.Count == 0 || links.Any(static link => link.State is null))
                return null;
            int most = links.Max(static link => Math.Min(link.MaxSeats, link.State?.Capacity ?? 0));
            return most == 0 ? null : most;
        }
    }

    /// <summary>The number of replicas below which a session or a reservation may be lost.</summary>
    // A desk that cannot be reached may have sessions, and a StatefulSet scales down from the highest ordinal.
    public int AtLeast => _links.Where(static link => link.State is not { } state || state.Reserved + state.Taken > 0)
        .Select(static link => (link.Endpoint.Ordinal ?? 0) + 1).DefaultIfEmpty().Max();

    /// <summary>The desks by ordinal, including those that cannot be reached.</summary>
    public IReadOnlyList<DeskLink> Links => _links;

    /// <summary>The clients that wait.</summary>
    public SeatLine Line { get; }

    /// <summary>Counts requests by their outcome.</summary>
    public SeatCounts Counts { get; } = new();

    public FreeSeatPicker Picker { get; }

    public bool IsUsualPicker => _context.Options.PicksBySeats;

    /// <summary>Returns a mark for the current state of the desks. A later change can be waited for with it.</summary>
    public object Moment => _changes.Value;

    /// <summary>Completes once a desk has changed since a moment.</summary>
    public Task<bool> WaitForChangeAsync(object moment) => _changes.WaitAsync(moment);

    public IReadOnlyList<PodSeats> Read() => [.. _links.Select(static link => link.ReadSeats())];

    public PodSeats? Find(PodEndpoint endpoint) => FindLink(endpoint)?.ReadSeats();

    /// <summary>True when a desk is believed to have so many free seats.</summary>
    public bool HasRoom(long seats) => _links.Any(link => SeatPlacement.HasRoom(link, seats));

    /// <summary>Finds the desk of a pod by the pod's part of a reservation's id.</summary>
    public DeskLink? Find(string id) => _links.FirstOrDefault(link => link.Id == id);

    /// <summary>Asks the desks in the order of preference.</summary>
    public Task<SeatOutcome> ReserveAsync(ReserveMessage request, CancellationToken cancellationToken) =>
        ReserveAsync(request, cluster: null, yields: false, cancellationToken);

    /// <summary>Asks the desks, after the clients that wait in line; and waits in line while all is full.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cluster">The cluster that is asked for, or null for the order of preference.</param>
    /// <param name="wait">The longest wait; zero for none.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<SeatOutcome> ReserveInTurnAsync(
        ReserveMessage request, string? cluster, TimeSpan wait, CancellationToken cancellationToken)
    {
        bool waits = wait > TimeSpan.Zero;
        // A reservation that exists takes nothing from those in line.
        SeatOutcome outcome = waits && Line.ComesBefore(request.Seats, waits) && FindByKey(request, []) is null
            ? new SeatOutcome(null, null, SeatProblemKind.OthersWait)
            : await ReserveAsync(request, cluster, yields: true, cancellationToken).ConfigureAwait(false);
        return outcome.Problem == SeatProblemKind.OthersWait || (waits && outcome.IsFull)
            ? await Line.ReserveAsync(request, cluster, wait, cancellationToken).ConfigureAwait(false)
            : outcome;
    }

    /// <summary>
    /// Asks one desk after the other until one gives seats: first those that know the idempotency key, then by the policy, in the preferred
    /// cluster first.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="cluster">The cluster that is asked for, or null for the order of preference.</param>
    /// <param name="yields">True for a client that must not come before those in line.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<SeatOutcome> ReserveAsync(
        ReserveMessage request, string? cluster, bool yields, CancellationToken cancellationToken)
    {
        long started = _context.Time.GetTimestamp();
        List<DeskLink> asked = [];
        SeatOutcome? ended = null;
        SeatMessage? refused = null;
        string? failure = null;
        while (_context.Time.GetElapsedTime(started) < _context.Options.Deadline)
        {
            DeskLink? known = FindByKey(request, asked);
            if ((known ?? (ended is null ? Choose(request, cluster, asked) : null)) is not { } link)
                break;
            if (yields && known is null && Line.HasClients)
            {
                // This is checked after the choice: a seat that became free before it is seen by both.
                if (Line.ComesBefore(request.Seats, waits: false))
                    return new SeatOutcome(null, null, SeatProblemKind.OthersWait);
                // Or the first in line has just got that seat.
                if (!SeatPlacement.HasRoom(link, request.Seats))
                    continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            asked.Add(link);
            try
            {
                SeatMessage answer = await AskAsync(link, request).ConfigureAwait(false);
                switch (answer.Refused)
                {
                    case "full" or "closed":
                        refused = answer;
                        break;
                    case "key-reused":
                        ended = new SeatOutcome(link, answer, null);
                        break;
                    case "expired" or "released":
                        // The reservation of the key has ended at this desk. After a lost answer another desk may have one that has not.
                        ended ??= new SeatOutcome(link, answer, null);
                        break;
                    default:
                        // Every desk would give the same answer to this request.
                        return new SeatOutcome(link, answer, null);
                }
            }
            catch (HttpRequestException exception)
            {
                failure = exception.Message;
            }
        }

        return ended ?? new SeatOutcome(null, null, FindProblem(request.Seats, refused, failure));
    }

    public async ValueTask DisposeAsync()
    {
        await _following.DisposeAsync().ConfigureAwait(false);
        await Line.DisposeAsync().ConfigureAwait(false);
        foreach (DeskLink link in _links)
            await link.DisposeAsync().ConfigureAwait(false);
    }

    // A new pod with the same name has other seats.
    private DeskLink? FindLink(PodEndpoint endpoint) =>
        endpoint.Ordinal is { } ordinal && _byOrdinal.TryGetValue((endpoint.Cluster, ordinal), out DeskLink? link)
            && link.Endpoint.IsSameProcess(endpoint)
            ? link
            : null;

    private int? FindFree(PodEndpoint endpoint) => FindLink(endpoint) is { State: not null } link ? link.Free : null;

    private DeskLink? Choose(ReserveMessage request, string? cluster, List<DeskLink> asked) =>
        SeatPlacement.Next(_context.Options.Policy, _links, request, cluster, asked, _context.Random);

    /// <summary>Returns the next desk that is known to have the request's idempotency key, or null.</summary>
    private DeskLink? FindByKey(ReserveMessage request, List<DeskLink> asked)
    {
        if (request.IdempotencyKey is null)
            return null;
        ulong hash = RecentKeys.HashOf(IdempotencyKey.Hash(request.IdempotencyKey));
        return _links.FirstOrDefault(link => link.State is not null && link.Keys.Contains(hash) && !asked.Contains(link));
    }

    private static async Task<SeatMessage> AskAsync(DeskLink link, ReserveMessage request)
    {
        SeatMessage answer;
        try
        {
            answer = await link.ReserveAsync(request).ConfigureAwait(false);
        }
        catch (HttpRequestException) when (request.IdempotencyKey is not null && link.State is not null)
        {
            // The answer may be lost and the seats reserved. The same key then gives the same reservation.
            answer = await link.ReserveAsync(request).ConfigureAwait(false);
        }

        if (request.IdempotencyKey is { } key && answer.Refused is null)
            link.Keys.Add(RecentKeys.HashOf(IdempotencyKey.Hash(key)));
        return answer;
    }

    private SeatProblemKind FindProblem(int seats, SeatMessage? refused, string? failure) =>
        MostSeats < seats ? SeatProblemKind.TooManySeats
        // A desk that was asked and then lost counts as silent: it may have reserved the seats.
        : failure is null && !_links.Any(static link => link.State is not null && link.Endpoint.IsAvailable) ? SeatProblemKind.NoDesk
        : failure is not null && refused is null && !_links.Any(static link => link.State is not null && link.Free == 0)
            ? SeatProblemKind.DeskSilent
        : SeatProblemKind.Full;

    private async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        // After the directory has ended there are no more changes, and the links stay until this object is disposed.
        if (!await Target.View.WaitForChangeAsync(_seen, cancellationToken).ConfigureAwait(false))
        {
            _following.Stop();
            return;
        }

        if (Target.View.Current is not { } snapshot || snapshot == _seen)
            return;
        await TakeAsync(snapshot).ConfigureAwait(false);
        _seen = snapshot;
    }

    /// <summary>Keeps the links of unchanged pods, and replaces the others.</summary>
    private async Task TakeAsync(EndpointSnapshot snapshot)
    {
        Dictionary<(string?, string), DeskLink> before = _links.ToDictionary(
            static link => (link.Endpoint.Cluster, link.Endpoint.Name));
        List<DeskLink> links = [];
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
        {
            if (!_context.Options.DeskPorts.TryResolve(endpoint.Ordinal, [], out IReadOnlyList<EndpointPort> ports, out _))
                continue;
            IPEndPoint desk = new(endpoint.Address, ports[0].Number);
            (string?, string) pod = (endpoint.Cluster, endpoint.Name);
            if (before.TryGetValue(pod, out DeskLink? link) && link.Endpoint.Uid == endpoint.Uid && link.Address.Equals(desk))
            {
                before.Remove(pod);
                link.Endpoint = endpoint;
            }
            else
            {
                link = new DeskLink(endpoint, desk, _context, SignalChange);
            }

            links.Add(link);
        }

        _links = links;
        Dictionary<(string?, int), DeskLink> byOrdinal = [];
        foreach (DeskLink link in links)
            byOrdinal.TryAdd((link.Endpoint.Cluster, link.Endpoint.Ordinal.GetValueOrDefault()), link);
        _byOrdinal = byOrdinal;
        SignalChange();
        foreach (DeskLink link in before.Values)
            await link.DisposeAsync().ConfigureAwait(false);
    }

    // Many links signal, but the signal allows only one writer.
    private void SignalChange()
    {
        lock (_signalLock)
            _changes.Swap(new object());
    }

    private TimeSpan? Fail(Exception exception)
    {
        Log.SeatsFailed(_context.Logger, Target.View.Target, "following the pods", exception);
        return null;
    }
}
