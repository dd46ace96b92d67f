namespace Berth.Seats.Books;

/// <summary>One transition of a book.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="At">The time, on the desk's monotonic clock.</param>
/// <param name="Reservation">The reservation after the transition; the default for transitions of the desk.</param>
/// <param name="Counts">The counts after the transition.</param>
internal readonly record struct BookChange(BookChangeKind Kind, TimeSpan At, Reservation Reservation, SeatCounts Counts);
