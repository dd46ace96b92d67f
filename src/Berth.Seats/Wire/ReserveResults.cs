namespace Berth.Seats.Wire;

/// <summary>The answers to a batch, and the desk after it.</summary>
/// <param name="Results">The answers, in the order of the requests.</param>
/// <param name="Boot">The process.</param>
/// <param name="Version">The number of changes of this process.</param>
/// <param name="Free">The seats that can be reserved after these changes.</param>
internal sealed record ReserveResults(IReadOnlyList<SeatMessage> Results, string Boot, long Version, int Free);
