namespace Berth.Seats.Tickets;

/// <summary>The content of a ticket.</summary>
/// <param name="Pod">The pod, as <c>namespace/name</c> (<c>aud</c>).</param>
/// <param name="Uid">The UID of the pod, or null where the desk does not know it (<c>uid</c>).</param>
/// <param name="Boot">The process that issued it (<c>boot</c>).</param>
/// <param name="Id">The reservation (<c>jti</c>).</param>
/// <param name="Seats">The number of seats (<c>seats</c>).</param>
/// <param name="Key">The client's key, or null (<c>key</c>).</param>
/// <param name="IssuedAt">The time of issue in seconds since 1970 (<c>iat</c>).</param>
/// <param name="ExpiresAt">The expiry in seconds since 1970, rounded up (<c>exp</c>). For servers that check the ticket themselves.</param>
/// <param name="Until">
/// The expiry in milliseconds of the issuer's monotonic clock (<c>until</c>). The desk itself goes by it: no jump of a clock changes it.
/// </param>
internal readonly record struct TicketClaims(
    string Pod, string? Uid, string Boot, UInt128 Id, int Seats, string? Key, long IssuedAt, long ExpiresAt, long Until);
