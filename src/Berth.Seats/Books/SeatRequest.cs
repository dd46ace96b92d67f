namespace Berth.Seats.Books;

/// <summary>A request for seats.</summary>
/// <param name="Seats">The number of seats.</param>
/// <param name="Ttl">The time that the client has to come.</param>
/// <param name="Key">The client's name for what the seats are for, such as a room; or null.</param>
/// <param name="Idempotency">The hash of the idempotency key, or 0 for none.</param>
internal readonly record struct SeatRequest(int Seats, TimeSpan Ttl, string? Key = null, UInt128 Idempotency = default);
