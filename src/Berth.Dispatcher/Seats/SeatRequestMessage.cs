using System.Text.Json.Serialization;

namespace Berth.Dispatcher.Seats;

/// <summary>The body of a request for seats.</summary>
/// <param name="Seats">The number of seats. Default 1.</param>
/// <param name="Key">The client's key, such as a room; or null.</param>
/// <param name="Ttl">The time that the client has to come, in seconds; or null for the dispatcher's default.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SeatRequestMessage(int Seats = 1, string? Key = null, double? Ttl = null);
