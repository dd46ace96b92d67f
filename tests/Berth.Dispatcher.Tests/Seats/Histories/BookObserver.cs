using Berth.Seats.Books;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>
/// Sees each transition of one desk's book, and counts again by itself. It knows nothing of the book's code: reservations by id, with their
/// phases and seats, and the rules S1 to S3.
/// </summary>
internal sealed class BookObserver(int capacity, List<string> violations)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Reservation> _known = [];
    private int _wanted = capacity;
    private bool _closed;

    /// <summary>The number of transitions seen.</summary>
    public int Count { get; private set; }

    /// <summary>The capacity that is set now; the history says it before the desk does it.</summary>
    public void Want(int seats)
    {
        lock (_lock)
            _wanted = seats;
    }

    public void See(BookChange change)
    {
        lock (_lock)
        {
            Count++;
            switch (change.Kind)
            {
                case BookChangeKind.Reserved:
                    Check(!_known.ContainsKey(change.Reservation.Id), "S2", "an id is used twice", change);
                    Check(!_closed, "S1", "a closed desk reserved", change);
                    Check(change.Reservation.Phase == SeatPhase.Reserved, "S2", "it is not reserved", change);
                    Check(
                        change.Reservation.Request.Idempotency == 0
                            || !_known.Values.Any(r => r.IsAlive && r.Request.Idempotency == change.Reservation.Request.Idempotency),
                        "S3", "a key has two reservations at one desk", change);
                    _known.Add(change.Reservation.Id, change.Reservation);
                    Check(UsedNow <= _wanted, "S1", $"{UsedNow} of {_wanted} seats are in use", change);
                    break;
                case BookChangeKind.Renewed:
                    Move(change, SeatPhase.Reserved, SeatPhase.Reserved);
                    break;
                case BookChangeKind.Taken:
                    Check(
                        _known.TryGetValue(change.Reservation.Id, out Reservation before) && change.At < before.Expires,
                        "S2", "it was redeemed after its expiry", change);
                    Move(change, SeatPhase.Reserved, SeatPhase.Taken);
                    break;
                case BookChangeKind.Released:
                    Move(change, null, SeatPhase.Released);
                    break;
                case BookChangeKind.Expired:
                    Check(change.At >= change.Reservation.Expires, "S3", "it expired too early", change);
                    Move(change, SeatPhase.Reserved, SeatPhase.Expired);
                    break;
                case BookChangeKind.Closed or BookChangeKind.Opened:
                    _closed = change.Kind == BookChangeKind.Closed;
                    break;
            }

            SeatCounts counts = change.Counts;
            Check(
                counts.Reserved == Sum(SeatPhase.Reserved) && counts.Taken == Sum(SeatPhase.Taken), "S1",
                $"the book counts {counts.Reserved} and {counts.Taken}, and there are {Sum(SeatPhase.Reserved)} and {Sum(SeatPhase.Taken)}",
                change);
            Check(counts.Used <= counts.Capacity, "S1", "more seats are in use than there are", change);
            Check(
                !_known.Values.Any(r => r.Phase == SeatPhase.Reserved && r.Expires <= change.At && r.Id != change.Reservation.Id), "S3",
                "a reservation lives longer than its time", change, ifExpired: true);
        }
    }

    /// <summary>The reservation with an id, as the observer knows it.</summary>
    public Reservation? Find(UInt128 id)
    {
        lock (_lock)
            return _known.TryGetValue(id, out Reservation found) ? found : null;
    }

    /// <summary>The reservations that are alive and belong to an idempotency key.</summary>
    public IReadOnlyList<Reservation> AliveOf(UInt128 idempotency)
    {
        lock (_lock)
            return [.. _known.Values.Where(r => r.IsAlive && r.Request.Idempotency == idempotency)];
    }

    private int UsedNow => Sum(SeatPhase.Reserved) + Sum(SeatPhase.Taken);

    private int Sum(SeatPhase phase) => _known.Values.Where(r => r.Phase == phase).Sum(static r => r.Seats);

    private void Move(BookChange change, SeatPhase? from, SeatPhase to)
    {
        bool known = _known.TryGetValue(change.Reservation.Id, out Reservation before);
        Check(known, "S2", "it was never reserved", change);
        Check(before.IsAlive && (from is null || before.Phase == from), "S2", $"it was {before.Phase}", change);
        Check(change.Reservation.Phase == to && change.Reservation.Seats == before.Seats, "S2", "it changed into something else", change);
        _known[change.Reservation.Id] = change.Reservation;
    }

    private void Check(bool isTrue, string rule, string what, BookChange change, bool ifExpired = false)
    {
        // Several reservations that expire at one moment are told one after the other.
        if (ifExpired && change.Kind == BookChangeKind.Expired)
            return;
        if (!isTrue)
            violations.Add($"{rule}: {what}: {change}");
    }
}
