namespace Berth.Seats.Desks;

/// <summary>
/// The hashes of the latest idempotency keys, in order. Dispatchers follow them, so that each of them asks the pod that knows a key first.
/// Not safe for several threads.
/// </summary>
internal sealed class RecentKeys
{
    /// <summary>The most that are kept: a follower that missed more learns only these.</summary>
    public const int MaxKept = 4096;

    private readonly ulong[] _hashes = new ulong[MaxKept];

    /// <summary>The number of keys so far.</summary>
    public long Count { get; private set; }

    public void Add(UInt128 key) => _hashes[Count++ % MaxKept] = HashOf(key);

    /// <summary>Copies the hashes after a position, at most the latest ones that are kept.</summary>
    public ulong[] Since(long position)
    {
        long first = Math.Max(position, Count - MaxKept);
        ulong[] found = new ulong[Count - first];
        for (int i = 0; i < found.Length; i++)
            found[i] = _hashes[(first + i) % MaxKept];
        return found;
    }

    /// <summary>Returns the hash of a key's hash that dispatchers see.</summary>
    public static ulong HashOf(UInt128 key) => (ulong)key;
}
