using System.Collections.Concurrent;
using Berth.Pods;
using Grpc.Core;

namespace Berth.Grpc.Balancing;

/// <summary>
/// Finds the connection of a key, as <see cref="StickyPicker"/> picks among the pods: the highest score of rendezvous hashing. Scoring all
/// pods takes microseconds at 1,000, so the pods of keys that were asked for are kept. Growth is bounded: a full table starts again.
/// </summary>
internal sealed class KeyTable
{
    /// <summary>The keys whose pods are kept. Several threads may go above it by one each.</summary>
    internal const int MaxKept = 16_384;

    private readonly PodConnection[] _connections;
    private readonly ulong[] _hashes;

    // The index of the pod by the hash of the key. Keys with one hash have one pod, because only the hash decides.
    private readonly ConcurrentDictionary<ulong, int> _best = new();

    // The number of entries, because the dictionary takes all its locks to count them.
    private int _kept;

    public KeyTable(PodConnection[] connections)
    {
        _connections = connections;
        _hashes = [.. connections.Select(static connection => connection.Address.Pod.NameHash)];
    }

    /// <summary>The number of keys whose pods are kept.</summary>
    internal int Kept => _best.Count;

    public PodConnection Find(ReadOnlySpan<char> key)
    {
        ulong hash = KeyHash.Of(key);
        if (!_best.TryGetValue(hash, out int best))
        {
            best = FindBest(hash, skipFailing: false);
            Keep(hash, best);
        }

        PodConnection found = _connections[best];
        return found.Connectivity == ConnectivityState.TransientFailure && FindBest(hash, skipFailing: true) is >= 0 and int next
            ? _connections[next]
            : found;
    }

    private void Keep(ulong hash, int best)
    {
        if (Interlocked.Increment(ref _kept) > MaxKept)
        {
            _best.Clear();
            Volatile.Write(ref _kept, 1);
        }

        _best[hash] = best;
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
