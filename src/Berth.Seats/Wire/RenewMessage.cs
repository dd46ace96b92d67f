using System.Text.Json.Serialization;

namespace Berth.Seats.Wire;

/// <summary>More time for a reservation, in seconds from now.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RenewMessage(double Ttl);
