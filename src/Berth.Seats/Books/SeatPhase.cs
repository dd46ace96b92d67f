namespace Berth.Seats.Books;

/// <summary>The phases of a reservation, in their order.</summary>
internal enum SeatPhase
{
    /// <summary>Kept for a client that is on its way.</summary>
    Reserved,

    /// <summary>Redeemed: a session.</summary>
    Taken,

    /// <summary>Given back.</summary>
    Released,

    /// <summary>Not redeemed in time.</summary>
    Expired,
}
