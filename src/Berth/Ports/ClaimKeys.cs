using System.Buffers;
using System.Net;

namespace Berth.Ports;

/// <summary>
/// Short keys of the ports that pods claim on addresses. Equal claims have equal keys; a few different claims have equal keys too. A key is
/// four bytes, because a search over 100,000 pods must not leave a megabyte of garbage each time.
/// </summary>
internal sealed class ClaimKeys(int capacity) : IDisposable
{
    private uint[] _keys = ArrayPool<uint>.Shared.Rent(Math.Max(capacity, 1));
    private int _count;

    /// <summary>Adds a claim.</summary>
    public void Add(string? cluster, IPAddress address, int port, string protocol)
    {
        if (_count == _keys.Length)
            Grow();
        _keys[_count++] = KeyOf(cluster, address, port, protocol);
    }

    /// <summary>Returns the keys that occur more than once. Usually there are none.</summary>
    public HashSet<uint> FindRepeated()
    {
        Span<uint> keys = _keys.AsSpan(0, _count);
        keys.Sort();
        HashSet<uint> repeated = [];
        for (int i = 1; i < keys.Length; i++)
        {
            if (keys[i] == keys[i - 1])
                repeated.Add(keys[i]);
        }

        return repeated;
    }

    /// <summary>True when one of the claims has one of these keys.</summary>
    public bool ContainsAny(HashSet<uint> keys)
    {
        foreach (uint key in _keys.AsSpan(0, _count))
        {
            if (keys.Contains(key))
                return true;
        }

        return false;
    }

    /// <summary>Removes all claims.</summary>
    public void Clear() => _count = 0;

    public void Dispose()
    {
        ArrayPool<uint>.Shared.Return(_keys);
        _keys = [];
    }

    private static uint KeyOf(string? cluster, IPAddress address, int port, string protocol)
    {
        // The hashes of an address and of a name are random in each process. The multiplication spreads ports that follow each other.
        ulong claim = ((ulong)(uint)address.GetHashCode() << 32) | ((ulong)(uint)port << 8) | protocol[0];
        if (cluster is not null)
            claim ^= (ulong)(uint)cluster.GetHashCode(StringComparison.Ordinal) << 24;
        claim *= 0x9E3779B97F4A7C15;
        return (uint)(claim >> 32);
    }

    private void Grow()
    {
        uint[] larger = ArrayPool<uint>.Shared.Rent(_keys.Length * 2);
        _keys.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<uint>.Shared.Return(_keys);
        _keys = larger;
    }
}
