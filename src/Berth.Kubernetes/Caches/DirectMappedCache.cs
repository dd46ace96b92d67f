namespace Berth.Kubernetes.Caches;

/// <summary>
/// Direct-mapped cache: a hash has one slot, and on a collision the newer value replaces the older. Growth is bounded, a lookup is one
/// probe. For values that may exist twice without harm. Not safe for several threads.
/// </summary>
/// <param name="hashOf">Returns the hash of a value's key. Called when the cache grows.</param>
internal sealed class DirectMappedCache<T>(Func<T, uint> hashOf)
    where T : class
{
    private const int FirstLength = 16;

    // Several times the nodes of the largest clusters.
    private const int MaxLength = 16_384;

    private T?[] _slots = new T?[FirstLength];
    private int _added;

    /// <summary>Returns the value in the slot of a hash: the one that is looked for, another one, or null.</summary>
    public T? Find(uint hash) => _slots[(int)(hash & (uint)(_slots.Length - 1))];

    /// <summary>Puts a value into the slot of its hash.</summary>
    /// <returns>The value.</returns>
    public T Add(uint hash, T value)
    {
        if (++_added > _slots.Length / 2 && _slots.Length < MaxLength)
            Grow();
        return _slots[(int)(hash & (uint)(_slots.Length - 1))] = value;
    }

    private void Grow()
    {
        T?[] before = _slots;
        _slots = new T?[before.Length * 4];
        _added = 0;
        foreach (T? value in before)
        {
            if (value is null)
                continue;
            _slots[(int)(hashOf(value) & (uint)(_slots.Length - 1))] = value;
            _added++;
        }
    }
}
