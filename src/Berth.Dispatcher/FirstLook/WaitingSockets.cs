namespace Berth.Dispatcher.FirstLook;

/// <summary>
/// The sockets whose clients have sent nothing yet, in the order in which their time ends. Each has the same time, so that is the order in
/// which they came. 16 bytes for each number of a socket, and nothing is allocated for one. For one thread.
/// </summary>
/// <param name="limit">The time of each, in seconds.</param>
internal sealed class WaitingSockets(int limit)
{
    private const int None = -1;

    private Place[] _places = new Place[64];
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
        bool isHere = socket < _places.Length && _places[socket].Ends != 0;
        wasAnswered = isHere && _places[socket].WasAnswered;
        return isHere;
    }

    /// <summary>Adds a socket that is not here.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="now">The present second, counted from any start, at least 1.</param>
    /// <param name="wasAnswered">True when a request of it was answered already.</param>
    public void Add(int socket, int now, bool wasAnswered)
    {
        if (socket >= _places.Length)
            Array.Resize(ref _places, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)socket + 1));
        _places[socket] = new Place { Ends = now + limit, Before = _last, After = None, WasAnswered = wasAnswered };
        if (_last == None)
            _first = socket;
        else
            _places[_last].After = socket;
        _last = socket;
    }

    /// <summary>Takes out a socket, if it is here.</summary>
    public void Remove(int socket)
    {
        if (!Contains(socket, out _))
            return;
        Place place = _places[socket];
        if (place.Before == None)
            _first = place.After;
        else
            _places[place.Before].After = place.After;
        if (place.After == None)
            _last = place.Before;
        else
            _places[place.After].Before = place.Before;
        _places[socket] = default;
    }

    /// <summary>True when the time of the first socket is over: at least its limit, and at most a second more.</summary>
    public bool IsFirstLate(int now) => _first != None && now > _places[_first].Ends;

    private struct Place
    {
        // 0 where no socket is.
        public int Ends;
        public int Before;
        public int After;
        public bool WasAnswered;
    }
}
