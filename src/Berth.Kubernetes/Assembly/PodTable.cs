using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The pods of a target by name: a hash table with open addressing. The keys are the names inside the values, so that a pod needs about ten
/// bytes here. A slot is valid until the next change.
/// </summary>
internal sealed class PodTable
{
    private const int FirstLength = 16;

    private PodSources[] _pods = new PodSources[FirstLength];

    // Some bits of each name's hash, or 0 for a free slot. Because of them, nearly every comparison of names finds equal names.
    private byte[] _marks = new byte[FirstLength];

    /// <summary>The number of pods.</summary>
    public int Count { get; private set; }

    /// <summary>The names, as new strings.</summary>
    public IEnumerable<string> Keys => _pods.Where(static p => p.Count > 0).Select(static p => p[0].Key.ToString()!);

    /// <summary>Returns the endpoints that slices state for the pod at a slot.</summary>
    public ref PodSources this[int slot] => ref _pods[slot];

    /// <summary>Makes room for a number of pods.</summary>
    public void EnsureCapacity(int count)
    {
        int length = _pods.Length;
        while (IsFull(count, length))
            length *= 2;
        if (length > _pods.Length)
            Resize(length);
    }

    /// <summary>Returns the slot of the pod with a name, or -1.</summary>
    public int Find(PodName name)
    {
        int slot = Probe(PodNames.TableHash(name), name);
        return _marks[slot] == 0 ? -1 : slot;
    }

    /// <summary>Returns the slot of the pod with a name. A new slot is empty, and the caller must fill it.</summary>
    public int FindOrAdd(PodName name)
    {
        ulong hash = PodNames.TableHash(name);
        int slot = Probe(hash, name);
        if (_marks[slot] != 0)
            return slot;
        if (IsFull(Count + 1, _pods.Length))
        {
            Resize(_pods.Length * 2);
            slot = Probe(hash, name);
        }

        _marks[slot] = Mark(hash);
        Count++;
        return slot;
    }

    /// <summary>
    /// Frees the slot of a pod that no slice states now. The pods after it move up, so that they can still be found.
    /// </summary>
    public void RemoveAt(int slot)
    {
        Count--;
        int mask = _pods.Length - 1;
        int free = slot;
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

    /// <summary>Returns the slot of the name, or the free slot for it.</summary>
    private int Probe(ulong hash, PodName name)
    {
        int mask = _pods.Length - 1;
        byte mark = Mark(hash);
        int slot = (int)hash & mask;
        for (; _marks[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_marks[slot] == mark && PodNames.AreEqual(_pods[slot][0].Key, name))
                break;
        }

        return slot;
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
            int slot = (int)hash & (length - 1);
            while (_marks[slot] != 0)
                slot = (slot + 1) & (length - 1);
            (_pods[slot], _marks[slot]) = (pod, Mark(hash));
        }
    }
}
