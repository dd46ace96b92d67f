using System.Text.Json.Serialization;

namespace Berth.Seats.Wire;

/// <summary>One request for seats.</summary>
/// <param name="Seats">The number of seats.</param>
/// <param name="Ttl">The time in which the client must come, in seconds.</param>
/// <param name="Key">The client's key, or null.</param>
/// <param name="IdempotencyKey">The idempotency key, or null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReserveMessage(int Seats, double Ttl, string? Key = null, string? IdempotencyKey = null);
