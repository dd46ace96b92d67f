using System.Text.Json.Serialization;

namespace Berth.Seats.Wire;

/// <summary>Requests for seats, answered together.</summary>
/// <param name="Requests">The requests, 1 to <see cref="MaxRequests"/>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReserveBatch(IReadOnlyList<ReserveMessage> Requests)
{
    public const int MaxRequests = 256;
}
