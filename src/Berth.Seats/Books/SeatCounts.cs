namespace Berth.Seats.Books;

/// <summary>The numbers of a book at one moment.</summary>
/// <param name="Capacity">The seats that exist now. While a lower capacity waits for seats to be released, those in use.</param>
/// <param name="Reserved">The seats that are reserved.</param>
/// <param name="Taken">The seats of sessions.</param>
/// <param name="IsClosed">True when no reservation is made.</param>
internal readonly record struct SeatCounts(int Capacity, int Reserved, int Taken, bool IsClosed)
{
    /// <summary>The seats in use.</summary>
    public int Used => Reserved + Taken;

    /// <summary>The seats that can be reserved when the desk is open.</summary>
    public int Free => Capacity - Used;
}
