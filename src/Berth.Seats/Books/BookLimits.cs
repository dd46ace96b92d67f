namespace Berth.Seats.Books;

/// <summary>The limits of a book.</summary>
/// <param name="MaxSeats">The most seats of one reservation.</param>
/// <param name="MinTtl">The shortest time to live.</param>
/// <param name="MaxTtl">The longest time to live.</param>
/// <param name="MaxRemembered">The most ended reservations that are remembered, for idempotency keys and for reasons of refusals.</param>
internal readonly record struct BookLimits(int MaxSeats, TimeSpan MinTtl, TimeSpan MaxTtl, int MaxRemembered);
