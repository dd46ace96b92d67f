namespace Berth;

/// <summary>A source of endpoints failed. The message is a sentence that says what happened and what to do.</summary>
public class EndpointSourceException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public EndpointSourceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The wait that the source asks for, or null for none. More than 5 minutes counts as 5 minutes.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
