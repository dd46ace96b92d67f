namespace Berth.Seats;

/// <summary>A key file cannot be used. The message says why, and what to do.</summary>
public sealed class SeatKeyException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public SeatKeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
