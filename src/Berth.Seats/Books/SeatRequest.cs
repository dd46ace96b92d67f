namespace Berth.Seats.Books;

/// <summary>A request for seats.</summary>
/// <param name="Seats">The number of seats.</param>
/// <param name="Ttl">The time in which the client must come.</param>
/// <param name="Key">The client's name for the purpose of the seats, such as a room; or null.</param>
/// <param name="Idempotency">The hash of the idempotency key, or 0 for none.</param>
internal readonly record struct SeatRequest(int Seats, TimeSpan Ttl, string? Key = null, UInt128 Idempotency = default);
