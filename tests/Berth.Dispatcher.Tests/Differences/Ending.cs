namespace Berth.Dispatcher.Tests.Differences;

/// <summary>The end of what a client reads.</summary>
internal enum Ending
{
    /// <summary>The connection is open.</summary>
    None,

    /// <summary>The server closed its side.</summary>
    Orderly,

    /// <summary>The connection was reset.</summary>
    Reset,
}
