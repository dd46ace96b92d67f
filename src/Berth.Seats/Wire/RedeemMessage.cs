using System.Text.Json.Serialization;

namespace Berth.Seats.Wire;

/// <summary>A ticket to redeem.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RedeemMessage(string Ticket);
