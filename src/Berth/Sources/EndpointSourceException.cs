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

    /// <summary>Returns the failure of a source that threw: the exception itself if it is one, else a sentence about it.</summary>
    internal static EndpointSourceException Of(ServiceTarget target, Exception exception) =>
        exception as EndpointSourceException ?? new EndpointSourceException(
            $"Reading {target} failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.", exception);
}
