namespace Berth.Echo;

/// <summary>The echo server cannot start as it is configured: a bad option, or a port that is taken. The message says what to do.</summary>
public sealed class EchoStartException : Exception
{
    /// <summary>Makes the exception with its sentence.</summary>
    public EchoStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
