namespace Berth.Dispatcher.Seats;

/// <summary>
/// The hashes of idempotency keys that one desk knows, from its stream. They are a hint about which desk to ask first. Above a limit the
/// oldest are dropped. Safe for several threads.
/// </summary>
internal sealed class KnownKeys
{
    private const int MaxKeys = 16_384;

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _known = [];
    private readonly Queue<ulong> _order = [];

    public void Add(ulong key)
    {
        lock (_lock)
        {
            if (!_known.Add(key))
                return;
            _order.Enqueue(key);
            if (_order.Count > MaxKeys)
                _known.Remove(_order.Dequeue());
        }
    }

    public bool Contains(ulong key)
    {
        lock (_lock)
            return _known.Contains(key);
    }

    public void Clear()
    {
        lock (_lock)
        {
            _known.Clear();
            _order.Clear();
        }
    }
}
