namespace Berth.Dispatcher;

/// <summary>
/// The dispatcher cannot start with these options: an option has a fault, or the server cannot listen on an address. The message says what
/// to do.
/// </summary>
public sealed class DispatcherStartException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public DispatcherStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
