namespace Berth.Directories;

/// <summary>The complete state of a target for readers, replaced as a whole. Immutable.</summary>
/// <param name="Read">The last instance from the source, which distinguishes a confirmation from a change; null before the first.</param>
/// <param name="Snapshot">The published snapshot, or null before the first.</param>
/// <param name="Failure">The current failure, or null while the snapshot is live.</param>
internal sealed record ViewState(EndpointSnapshot? Read, EndpointSnapshot? Snapshot, EndpointSourceException? Failure);
