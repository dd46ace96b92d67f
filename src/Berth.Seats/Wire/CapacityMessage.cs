using System.Text.Json.Serialization;

namespace Berth.Seats.Wire;

/// <summary>A new capacity.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CapacityMessage(int Capacity);
