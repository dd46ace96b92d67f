namespace Berth.Dispatcher.Watching;

/// <summary>
/// A moment of a target, as watchers see it: the latest snapshot and the change that led to it. A moment without a new snapshot is a
/// heartbeat.
/// </summary>
/// <param name="Snapshot">The latest snapshot, or null before the first one.</param>
/// <param name="Before">The snapshot that this one followed, or null when it is the first.</param>
/// <param name="Frame">
/// The event that leads from the previous snapshot to this one, written once for all clients; empty when each client must write its own.
/// </param>
/// <param name="IsEnd">True when no moment follows.</param>
internal sealed record WatchMoment(EndpointSnapshot? Snapshot, EndpointSnapshot? Before, ReadOnlyMemory<byte> Frame, bool IsEnd)
{
    /// <summary>The clashes with other targets, or null when there never was one. They are another object when they differ.</summary>
    public ClashMoment? Clashes { get; init; }
}
