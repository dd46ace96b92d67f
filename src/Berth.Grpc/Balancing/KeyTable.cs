using System.Numerics;
using Berth.Pods;
using Grpc.Core;

namespace Berth.Grpc.Balancing;

/// <summary>
/// Finds the connection of a key, as <see cref="StickyPicker"/> picks among the pods: the highest score of rendezvous hashing. Scoring all
/// pods takes microseconds at 1,000, so the pods of keys that were asked for are kept, in a direct-mapped cache that is bounded.
/// </summary>
internal sealed class KeyTable
{
    private readonly PodConnection[] _connections;
    private readonly ulong[] _hashes;

    // A slot has the upper bits of a key's hash, whose lower bits are the number of the slot, and in their place 1 + the index of the pod.
    // 0 is an empty slot. One read gives a whole slot, so that any number of threads use it without a lock.
    private readonly ulong[] _slots;
    private readonly ulong _slotMask;

    public KeyTable(PodConnection[] connections)
    {
        _connections = connections;
        _hashes = [.. connections.Select(static connection => connection.Address.Pod.NameHash)];
        // At least one more than there are pods: then the lower bits have room for 1 + the index.
        _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)connections.Length + 1)];
        _slotMask = (ulong)_slots.Length - 1;
    }

    public PodConnection Find(ReadOnlySpan<char> key)
    {
        ulong hash = KeyHash.Of(key);
        ref ulong slot = ref _slots[hash & _slotMask];
        ulong kept = Volatile.Read(ref slot);
        if ((kept & ~_slotMask) == (hash & ~_slotMask) && (kept & _slotMask) != 0)
        {
            PodConnection found = _connections[(int)(kept & _slotMask) - 1];
            if (found.Connectivity != ConnectivityState.TransientFailure)
                return found;
        }

        int best = FindBest(hash, skipFailing: false);
        Volatile.Write(ref slot, (hash & ~_slotMask) | (uint)(best + 1));
        if (_connections[best].Connectivity == ConnectivityState.TransientFailure && FindBest(hash, skipFailing: true) is >= 0 and int next)
            best = next;
        return _connections[best];
    }

    private int FindBest(ulong hash, bool skipFailing)
    {
        int best = -1;
        ulong bestScore = 0;
        for (int i = 0; i < _hashes.Length; i++)
        {
            ulong score = KeyHash.Mix(hash ^ _hashes[i]);
            if ((best >= 0 && score < bestScore) || (skipFailing && _connections[i].Connectivity == ConnectivityState.TransientFailure))
                continue;
            // Equal scores go to the name that sorts first.
            if (best < 0 || score > bestScore || PodNames.Compare(_connections[i].Address.Pod, _connections[best].Address.Pod) < 0)
                (best, bestScore) = (i, score);
        }

        return best;
    }
}
