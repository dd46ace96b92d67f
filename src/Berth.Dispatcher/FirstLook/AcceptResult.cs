namespace Berth.Dispatcher.FirstLook;

/// <summary>The result of an attempt to accept a connection.</summary>
internal enum AcceptResult
{
    /// <summary>The next attempt can follow at once: that connection has ended, or its network had an error.</summary>
    Again,

    /// <summary>No connection waits.</summary>
    Empty,

    /// <summary>There are no file descriptors or no memory for another connection. An attempt at once would fail in the same way.</summary>
    Exhausted,
}
