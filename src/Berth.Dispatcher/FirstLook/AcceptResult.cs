namespace Berth.Dispatcher.FirstLook;

/// <summary>The result of an attempt to accept a connection.</summary>
internal enum AcceptResult
{
    /// <summary>The next attempt may be made at once: that connection has ended, or its network had an error.</summary>
    Again,

    /// <summary>No connection waits.</summary>
    Empty,

    /// <summary>There are no files or no memory for one more connection. Attempts at once would fail alike.</summary>
    Exhausted,
}
