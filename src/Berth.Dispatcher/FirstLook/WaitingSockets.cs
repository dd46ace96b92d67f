namespace Berth.Dispatcher.FirstLook;

/// <summary>
/// The sockets whose clients have sent nothing yet, in the order in which their time ends. Each has the same time, so that is the order in
/// which they came. 16 bytes for each number of a socket, and nothing is allocated for one. For one thread.
/// </summary>
/// <param name="limit">The time of each, in seconds.</param>
internal sealed class WaitingSockets(int limit)
{
    private const int None = -1;

    private Slot[] _slots = new Slot[64];
    private int _first = None;
    private int _last = None;

    public bool IsEmpty => _first == None;

    /// <summary>The socket whose time ends first.</summary>
    public int First => _first;

    /// <summary>Tells whether a socket is here.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="wasAnswered">True when a request of it was answered already.</param>
    public bool Contains(int socket, out bool wasAnswered)
    {
        bool isHere = socket < _slots.Length && _slots[socket].Ends != 0;
        wasAnswered = isHere && _slots[socket].WasAnswered;
        return isHere;
    }

    /// <summary>Adds a socket that is not here.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="now">The present second, counted from any start, at least 1.</param>
    /// <param name="wasAnswered">True when a request of it was answered already.</param>
    public void Add(int socket, int now, bool wasAnswered)
    {
        if (socket >= _slots.Length)
            Array.Resize(ref _slots, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)socket + 1));
        _slots[socket] = new Slot { Ends = now + limit, Before = _last, After = None, WasAnswered = wasAnswered };
        if (_last == None)
            _first = socket;
        else
            _slots[_last].After = socket;
        _last = socket;
    }

    /// <summary>Takes out a socket, if it is here.</summary>
    public void Remove(int socket)
    {
        if (!Contains(socket, out _))
            return;
        Slot slot = _slots[socket];
        if (slot.Before == None)
            _first = slot.After;
        else
            _slots[slot.Before].After = slot.After;
        if (slot.After == None)
            _last = slot.Before;
        else
            _slots[slot.After].Before = slot.Before;
        _slots[socket] = default;
    }

    /// <summary>True when the time of the first socket is over: at least its limit, and at most a second more.</summary>
    public bool IsFirstLate(int now) => _first != None && now > _slots[_first].Ends;

    private struct Slot
    {
        // 0 where no socket is.
        public int Ends;
        public int Before;
        public int After;
        public bool WasAnswered;
    }
}
