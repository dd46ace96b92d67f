namespace Berth.Seats.Books;

/// <summary>One reservation at one moment.</summary>
/// <param name="Id">Its id, never 0.</param>
/// <param name="Request">The request that it answers.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Created">The time of its creation, on the desk's monotonic clock.</param>
/// <param name="Expires">The time at which it expires while it is only reserved.</param>
internal readonly record struct Reservation(UInt128 Id, SeatRequest Request, SeatPhase Phase, TimeSpan Created, TimeSpan Expires)
{
    /// <summary>True while it has seats.</summary>
    public bool IsAlive => Phase is SeatPhase.Reserved or SeatPhase.Taken;

    /// <summary>The number of seats.</summary>
    public int Seats => Request.Seats;
}
