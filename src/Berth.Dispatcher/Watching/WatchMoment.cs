namespace Berth.Dispatcher.Watching;

/// <summary>
/// What watching clients are told: the latest snapshot, and how it was reached. One without a new snapshot is a sign of life.
/// </summary>
/// <param name="Snapshot">The latest snapshot, or null before the first one.</param>
/// <param name="Before">The snapshot that this one followed, or null when it is the first.</param>
/// <param name="Frame">
/// The event that leads from that one to this one, written once for all clients; empty where each has to write it for itself.
/// </param>
/// <param name="IsEnd">True when no moment follows.</param>
internal sealed record WatchMoment(EndpointSnapshot? Snapshot, EndpointSnapshot? Before, ReadOnlyMemory<byte> Frame, bool IsEnd);
