namespace Berth.Dispatcher;

/// <summary>
/// The dispatcher cannot start as it is configured: a bad option, or an address that cannot be listened on. The message says what to do.
/// </summary>
public sealed class DispatcherStartException : Exception
{
    /// <summary>Makes the exception with its sentence.</summary>
    public DispatcherStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
