namespace Berth.Seats.Books;

/// <summary>The answer of a book: a reservation, or a refusal.</summary>
/// <param name="Refusal">The reason, or none.</param>
/// <param name="Reservation">The reservation after the transition. With a refusal: the requested one, if it is known.</param>
internal readonly record struct BookAnswer(SeatRefusal Refusal, Reservation Reservation)
{
    /// <summary>True when nothing was refused.</summary>
    public bool IsGiven => Refusal == SeatRefusal.None;

    public static BookAnswer Refused(SeatRefusal refusal, Reservation reservation = default) => new(refusal, reservation);

    public static BookAnswer Given(Reservation reservation) => new(SeatRefusal.None, reservation);
}
