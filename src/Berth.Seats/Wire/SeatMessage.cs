namespace Berth.Seats.Wire;

/// <summary>A reservation with its ticket, or a refusal.</summary>
/// <param name="Refused">The word of the refusal, or null.</param>
/// <param name="Detail">Its sentence, or null.</param>
/// <param name="Reservation">The id of the reservation.</param>
/// <param name="Phase">Its phase: <c>reserved</c> or <c>taken</c>.</param>
/// <param name="Seats">The number of seats.</param>
/// <param name="Ticket">The ticket.</param>
/// <param name="ExpiresAt">The expiry by the desk's wall clock.</param>
/// <param name="Ttl">The seconds until the expiry.</param>
internal sealed record SeatMessage(
    string? Refused = null, string? Detail = null, string? Reservation = null, string? Phase = null, int? Seats = null,
    string? Ticket = null, DateTimeOffset? ExpiresAt = null, double? Ttl = null);
