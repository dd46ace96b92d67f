namespace Berth.Echo;

/// <summary>
/// The echo server cannot start with these options: an option has a fault, or the port is in use. The message says what to do.
/// </summary>
public sealed class EchoStartException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public EchoStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
