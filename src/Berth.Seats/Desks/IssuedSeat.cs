using Berth.Seats.Books;

namespace Berth.Seats.Desks;

/// <summary>The answer of a desk: a refusal, or a reservation with its ticket.</summary>
/// <param name="Answer">The answer of the book.</param>
/// <param name="Ticket">The ticket, or null with a refusal.</param>
/// <param name="Left">The time until the reservation expires; zero for a session.</param>
/// <param name="ExpiresAt">The time of the expiry by the wall clock.</param>
internal readonly record struct IssuedSeat(BookAnswer Answer, string? Ticket, TimeSpan Left, DateTimeOffset ExpiresAt);
