namespace Berth.Seats.Books;

/// <summary>
/// The book of a desk: a state machine without a clock, randomness or threads of its own. The observer gets every transition as a value.
/// Times are those of the desk's monotonic clock, so that a jump of the wall clock changes nothing.
/// </summary>
/// <remarks>
/// S1: reserved and taken seats never exceed the capacity. S2: a reservation is redeemed at most once and not after its expiry, because
/// only a reserved one can be redeemed. S3: an idempotency key gives the same reservation while it is alive, and until its first expiry.
/// S5: alive reservations are bounded by the capacity, remembered ones by <see cref="BookLimits.MaxRemembered"/>.
/// </remarks>
internal sealed class SeatBook
{
    private readonly BookLimits _limits;
    private readonly Action<BookChange>? _observe;
    private readonly Dictionary<UInt128, Reservation> _byId = [];
    private readonly Dictionary<UInt128, UInt128> _byIdempotency = [];
    private readonly Queue<UInt128> _ended = [];
    private readonly ExpiryQueue _expiries = new();
    private TimeSpan _now;
    private int _wanted;
    private int _reserved;
    private int _taken;
    private int _reservations;
    private bool _closed;

    /// <summary>Creates an open, empty book.</summary>
    /// <param name="capacity">The number of seats, 0 or more.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="observe">Gets each transition, in order.</param>
    public SeatBook(int capacity, BookLimits limits, Action<BookChange>? observe = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _wanted = capacity;
        _limits = limits;
        _observe = observe;
    }

    public SeatCounts Counts => new(Math.Max(_wanted, _reserved + _taken), _reserved, _taken, _closed);

    /// <summary>The earliest time at which a reservation may expire, or null for none.</summary>
    public TimeSpan? NextExpiry => _expiries.Next;

    /// <summary>The number of reservations that are kept in memory, ended ones included.</summary>
    public int Remembered => _byId.Count;

    /// <summary>The number of entries of the queue of expiries.</summary>
    internal int QueuedExpiries => _expiries.Count;

    /// <summary>Reserves seats. The same idempotency key gives the same reservation.</summary>
    /// <param name="request">The request.</param>
    /// <param name="id">The id of a new reservation: unique, not 0.</param>
    /// <param name="now">The time.</param>
    public BookAnswer Reserve(in SeatRequest request, UInt128 id, TimeSpan now)
    {
        Pass(now);
        if (request.Ttl < _limits.MinTtl || request.Ttl > _limits.MaxTtl)
            return BookAnswer.Refused(SeatRefusal.TtlOutOfRange);
        if (request.Seats < 1 || request.Seats > _limits.MaxSeats)
            return BookAnswer.Refused(SeatRefusal.SeatsOutOfRange);
        if (request.Idempotency != 0 && _byIdempotency.TryGetValue(request.Idempotency, out UInt128 known))
            return Repeat(request, _byId[known]);
        if (_closed)
            return BookAnswer.Refused(SeatRefusal.Closed);
        if (request.Seats > _wanted - _reserved - _taken)
            return BookAnswer.Refused(SeatRefusal.Full);
        Reservation made = new(id, request, SeatPhase.Reserved, _now, _now + request.Ttl);
        _byId.Add(id, made);
        if (request.Idempotency != 0)
            _byIdempotency[request.Idempotency] = id;
        _expiries.Add(id, made.Expires);
        _reserved += request.Seats;
        _reservations++;
        Tell(BookChangeKind.Reserved, made);
        return BookAnswer.Given(made);
    }

    /// <summary>
    /// Extends a reservation, counted from now, and never shortens it. A session has no expiry and is returned unchanged.
    /// </summary>
    public BookAnswer Renew(UInt128 id, TimeSpan ttl, TimeSpan now)
    {
        Pass(now);
        if (ttl < _limits.MinTtl || ttl > _limits.MaxTtl)
            return BookAnswer.Refused(SeatRefusal.TtlOutOfRange);
        if (Find(id, out Reservation found) is { } refused)
            return refused;
        if (found.Phase == SeatPhase.Taken || found.Expires >= _now + ttl)
            return BookAnswer.Given(found);
        found = found with { Expires = _now + ttl };
        _byId[id] = found;
        // The earlier entry stays in the queue. When it is first, it is out of date and is dropped.
        _expiries.Add(id, found.Expires);
        TrimExpiries();
        Tell(BookChangeKind.Renewed, found);
        return BookAnswer.Given(found);
    }

    /// <summary>Makes a session of a reservation, once.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="until">The time at which the ticket expires, which may be before a renewed reservation does.</param>
    /// <param name="now">The time.</param>
    public BookAnswer Redeem(UInt128 id, TimeSpan until, TimeSpan now)
    {
        Pass(now);
        if (Find(id, out Reservation found) is { } refused)
            return refused;
        if (found.Phase == SeatPhase.Taken)
            return BookAnswer.Refused(SeatRefusal.Replayed, found);
        if (until <= _now)
            return BookAnswer.Refused(SeatRefusal.Expired, found);
        found = found with { Phase = SeatPhase.Taken };
        _byId[id] = found;
        _reserved -= found.Seats;
        _taken += found.Seats;
        _reservations--;
        TrimExpiries();
        Tell(BookChangeKind.Taken, found);
        return BookAnswer.Given(found);
    }

    /// <summary>Ends a reservation or a session. A second release is refused with the reason, and changes nothing.</summary>
    public BookAnswer Release(UInt128 id, TimeSpan now)
    {
        Pass(now);
        if (Find(id, out Reservation found) is { } refused)
            return refused;
        return BookAnswer.Given(End(found, SeatPhase.Released, BookChangeKind.Released));
    }

    /// <summary>Stops new reservations. Existing ones stay valid.</summary>
    public void Close(TimeSpan now) => SetClosed(true, now);

    /// <summary>Makes reservations again.</summary>
    public void Open(TimeSpan now) => SetClosed(false, now);

    /// <summary>
    /// Changes the capacity. No seat in use is lost: while more are in use, the capacity falls with each that is released.
    /// </summary>
    public void SetCapacity(int capacity, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Pass(now);
        if (capacity == _wanted)
            return;
        _wanted = capacity;
        Tell(BookChangeKind.CapacityChanged, default);
    }

    /// <summary>Ends the reservations that were not redeemed in time. Time never goes back.</summary>
    public void Pass(TimeSpan now)
    {
        _now = now > _now ? now : _now;
        while (_expiries.TryTake(_now, out UInt128 id))
        {
            if (_byId.TryGetValue(id, out Reservation found) && found.Phase == SeatPhase.Reserved && found.Expires <= _now)
                End(found, SeatPhase.Expired, BookChangeKind.Expired);
        }

        Forget();
    }

    private static BookAnswer Repeat(in SeatRequest request, Reservation known) =>
        known.Request != request ? BookAnswer.Refused(SeatRefusal.KeyReused)
        : known.IsAlive ? BookAnswer.Given(known)
        : BookAnswer.Refused(ReasonOf(known.Phase), known);

    private static SeatRefusal ReasonOf(SeatPhase ended) => ended == SeatPhase.Expired ? SeatRefusal.Expired : SeatRefusal.Released;

    /// <summary>Finds a reservation that is alive, or returns the refusal.</summary>
    private BookAnswer? Find(UInt128 id, out Reservation found) =>
        !_byId.TryGetValue(id, out found) ? BookAnswer.Refused(SeatRefusal.Unknown)
        : found.IsAlive ? null
        : BookAnswer.Refused(ReasonOf(found.Phase), found);

    private Reservation End(Reservation found, SeatPhase phase, BookChangeKind kind)
    {
        if (found.Phase == SeatPhase.Taken)
        {
            _taken -= found.Seats;
        }
        else
        {
            _reserved -= found.Seats;
            _reservations--;
        }

        // A session may end long after its ticket: remember it from its end on.
        found = found with { Phase = phase, Expires = found.Expires > _now ? found.Expires : _now };
        _byId[found.Id] = found;
        _ended.Enqueue(found.Id);
        TrimExpiries();
        Tell(kind, found);
        Forget();
        return found;
    }

    /// <summary>Removes ended reservations above the limit, in the order in which they ended.</summary>
    private void Forget()
    {
        while (_ended.Count > 0)
        {
            Reservation oldest = _byId[_ended.Peek()];
            // Kept as long as a ticket could exist, so that a replayed ticket is not mistaken for an unknown one.
            if (_ended.Count <= _limits.MaxRemembered && _now < oldest.Expires + _limits.MaxTtl)
                return;
            _ended.Dequeue();
            _byId.Remove(oldest.Id);
            if (oldest.Request.Idempotency != 0 && _byIdempotency.GetValueOrDefault(oldest.Request.Idempotency) == oldest.Id)
                _byIdempotency.Remove(oldest.Request.Idempotency);
        }
    }

    private void TrimExpiries() => _expiries.Trim(_reservations, _byId.Values.Where(static r => r.Phase == SeatPhase.Reserved));

    private void SetClosed(bool closed, TimeSpan now)
    {
        Pass(now);
        if (_closed == closed)
            return;
        _closed = closed;
        Tell(closed ? BookChangeKind.Closed : BookChangeKind.Opened, default);
    }

    private void Tell(BookChangeKind kind, Reservation reservation) => _observe?.Invoke(new BookChange(kind, _now, reservation, Counts));
}
