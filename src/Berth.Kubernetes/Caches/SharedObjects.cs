namespace Berth.Kubernetes.Caches;

/// <summary>
/// Returns one object for equal keys. It is a HashSet with a lookup by a key of another type, so that a lookup creates no object. Growth is
/// bounded: a full set is emptied, and objects in use stay valid. Not safe for several threads.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="T">The type of the objects.</typeparam>
internal sealed class SharedObjects<TKey, T>
    where TKey : allows ref struct
    where T : class
{
    // Several times the nodes of the largest clusters.
    private const int MaxCount = 16_384;

    private readonly HashSet<T> _objects;
    private readonly HashSet<T>.AlternateLookup<TKey> _byKey;

    /// <param name="comparer">
    /// Compares objects and keys; an <see cref="IAlternateEqualityComparer{TAlternate, T}"/> of both.
    /// </param>
    public SharedObjects(IEqualityComparer<T> comparer)
    {
        _objects = new HashSet<T>(comparer);
        _byKey = _objects.GetAlternateLookup<TKey>();
    }

    /// <summary>Returns the object of a key, or null.</summary>
    public T? Find(TKey key) => _byKey.TryGetValue(key, out T? known) ? known : null;

    /// <summary>Stores an object in place of one with an equal key.</summary>
    /// <returns>The object.</returns>
    public T Replace(T value)
    {
        if (_objects.Count == MaxCount)
            _objects.Clear();
        if (!_objects.Add(value))
        {
            _objects.Remove(value);
            _objects.Add(value);
        }

        return value;
    }
}
