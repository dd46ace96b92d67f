using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The pods of a target, found by name: a table with open addressing whose keys are the names inside what it holds, so that a pod costs
/// some ten bytes here. A place is good until the next change.
/// </summary>
internal sealed class PodTable
{
    private const int FirstLength = 16;

    private PodSources[] _pods = new PodSources[FirstLength];

    // Some bits of each name's hash, 0 where a place is free: so names are compared almost only with their equals.
    private byte[] _marks = new byte[FirstLength];

    /// <summary>The number of pods.</summary>
    public int Count { get; private set; }

    /// <summary>The names, as new strings.</summary>
    public IEnumerable<string> Keys => _pods.Where(static p => p.Count > 0).Select(static p => p[0].Key.ToString()!);

    /// <summary>The endpoints that slices state for the pod at a place.</summary>
    public ref PodSources this[int place] => ref _pods[place];

    /// <summary>Makes room for so many.</summary>
    public void EnsureCapacity(int count)
    {
        int length = _pods.Length;
        while (IsFull(count, length))
            length *= 2;
        if (length > _pods.Length)
            Resize(length);
    }

    /// <summary>The place of the pod with a name, or -1.</summary>
    public int Find(PodName name)
    {
        int place = Probe(PodNames.TableHash(name), name);
        return _marks[place] == 0 ? -1 : place;
    }

    /// <summary>The place of the pod with a name. Where there was none, it is empty, and something must be put there.</summary>
    public int FindOrAdd(PodName name)
    {
        ulong hash = PodNames.TableHash(name);
        int place = Probe(hash, name);
        if (_marks[place] != 0)
            return place;
        if (IsFull(Count + 1, _pods.Length))
        {
            Resize(_pods.Length * 2);
            place = Probe(hash, name);
        }

        _marks[place] = Mark(hash);
        Count++;
        return place;
    }

    /// <summary>
    /// Frees the place of a pod that no slice states any more. What stands behind it moves up, so that it is still found.
    /// </summary>
    public void RemoveAt(int place)
    {
        Count--;
        int mask = _pods.Length - 1;
        int free = place;
        for (int next = (free + 1) & mask; _marks[next] != 0; next = (next + 1) & mask)
        {
            int home = (int)PodNames.TableHash(_pods[next][0].Key) & mask;
            if (((next - home) & mask) < ((next - free) & mask))
                continue;
            (_pods[free], _marks[free]) = (_pods[next], _marks[next]);
            free = next;
        }

        (_pods[free], _marks[free]) = (default, 0);
    }

    private static bool IsFull(int count, int length) => count > length - (length / 8);

    private static byte Mark(ulong hash) => (byte)((hash >> 56) | 1);

    /// <summary>The place of the name, or the free one where it would stand.</summary>
    private int Probe(ulong hash, PodName name)
    {
        int mask = _pods.Length - 1;
        byte mark = Mark(hash);
        int place = (int)hash & mask;
        for (; _marks[place] != 0; place = (place + 1) & mask)
        {
            if (_marks[place] == mark && PodNames.AreEqual(_pods[place][0].Key, name))
                break;
        }

        return place;
    }

    private void Resize(int length)
    {
        PodSources[] before = _pods;
        _pods = new PodSources[length];
        _marks = new byte[length];
        foreach (PodSources pod in before)
        {
            if (pod.Count == 0)
                continue;
            ulong hash = PodNames.TableHash(pod[0].Key);
            int place = (int)hash & (length - 1);
            while (_marks[place] != 0)
                place = (place + 1) & (length - 1);
            (_pods[place], _marks[place]) = (pod, Mark(hash));
        }
    }
}
