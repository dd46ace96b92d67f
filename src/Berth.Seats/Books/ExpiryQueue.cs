namespace Berth.Seats.Books;

/// <summary>
/// The reservations in order of their expiry. An entry may be out of date, because its reservation was renewed, redeemed or released. Such
/// entries are dropped when they are first in the queue, or all together when they are more than half of it.
/// </summary>
internal sealed class ExpiryQueue
{
    private const int MinRebuild = 1024;

    private readonly PriorityQueue<UInt128, TimeSpan> _queue = new();

    /// <summary>The number of entries, those out of date included.</summary>
    public int Count => _queue.Count;

    public void Add(UInt128 id, TimeSpan expires) => _queue.Enqueue(id, expires);

    /// <summary>The time of the first entry, or null for none.</summary>
    public TimeSpan? Next => _queue.TryPeek(out _, out TimeSpan expires) ? expires : null;

    /// <summary>Removes the first entry if its time has come, and returns it.</summary>
    public bool TryTake(TimeSpan now, out UInt128 id)
    {
        id = default;
        return _queue.TryPeek(out _, out TimeSpan expires) && expires <= now && _queue.TryDequeue(out id, out _);
    }

    /// <summary>Drops entries that are out of date, when more than half are.</summary>
    /// <param name="live">The number of reservations that are reserved.</param>
    /// <param name="reservations">Those, asked for only when they are needed.</param>
    public void Trim(int live, IEnumerable<Reservation> reservations)
    {
        if (_queue.Count <= MinRebuild + (2 * live))
            return;
        _queue.Clear();
        foreach (Reservation reservation in reservations)
            _queue.Enqueue(reservation.Id, reservation.Expires);
    }
}
