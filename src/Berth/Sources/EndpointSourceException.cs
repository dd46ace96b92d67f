namespace Berth;

/// <summary>A source of endpoints is in trouble. The message is a sentence that says what happened and what to do.</summary>
public class EndpointSourceException : Exception
{
    /// <summary>Makes the exception with its sentence.</summary>
    public EndpointSourceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>How long the source asks to be left alone, or null when it did not say. More than 5 minutes counts as 5 minutes.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
