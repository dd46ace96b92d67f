namespace Berth.Dispatcher.Clients;

/// <summary>
/// The rate of requests of each client, in memory of a fixed size (GCRA: one number for each client states when it has its full credit
/// again). If more clients ask at the same time than there are slots, the client with the most credit is forgotten, and so has its full
/// credit again.
/// </summary>
internal sealed class RateTable
{
    /// <summary>The number of clients in one set of slots.</summary>
    internal const int Ways = 8;

    private const int Sets = 4096;
    private const int Stripes = 64;

    private readonly Slot[] _slots = new Slot[Sets * Ways];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Stripes).Select(static _ => new Lock())];
    private readonly TimeProvider _time;
    private readonly long _cost;
    private readonly long _tolerance;

    /// <param name="perSecond">The requests a second that a client may send for long, 1 or more.</param>
    /// <param name="burst">The requests that it may send at once, 1 or more.</param>
    /// <param name="time">The clock.</param>
    public RateTable(int perSecond, int burst, TimeProvider time)
    {
        _time = time;
        _cost = Math.Max(1, time.TimestampFrequency / perSecond);
        _tolerance = _cost * (burst - 1);
    }

    /// <summary>Counts a request. Returns zero when it may be answered, else the time after which the client may ask again.</summary>
    public TimeSpan Take(UInt128 client)
    {
        // The hash has a random seed for each process, so that an attacker cannot choose addresses for one set.
        int set = (HashCode.Combine((ulong)client, (ulong)(client >> 64)) & int.MaxValue) % Sets;
        long now = _time.GetTimestamp();
        lock (_locks[set % Stripes])
        {
            ref Slot slot = ref Find(_slots.AsSpan(set * Ways, Ways), client, now);
            long due = Math.Max(slot.Due, now);
            long wait = due - now - _tolerance;
            if (wait > 0)
                return _time.GetElapsedTime(0, wait);
            slot.Due = due + _cost;
            return TimeSpan.Zero;
        }
    }

    /// <summary>Finds the slot of a client, or gives it the slot with the most credit.</summary>
    private static ref Slot Find(Span<Slot> slots, UInt128 client, long now)
    {
        int free = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i].Due > now && slots[i].Client == client)
                return ref slots[i];
            if (slots[i].Due < slots[free].Due)
                free = i;
        }

        slots[free] = new Slot { Client = client, Due = now };
        return ref slots[free];
    }

    private struct Slot
    {
        public UInt128 Client;

        /// <summary>The time at which the client has its full credit again.</summary>
        public long Due;
    }
}
