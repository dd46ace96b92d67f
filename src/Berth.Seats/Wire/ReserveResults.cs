namespace Berth.Seats.Wire;

/// <summary>The answers to a batch, in the order of its requests.</summary>
internal sealed record ReserveResults(IReadOnlyList<SeatMessage> Results);
