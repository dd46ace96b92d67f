namespace Berth.Directories;

/// <summary>Everything that readers see of a target, swapped as one. Immutable.</summary>
/// <param name="Read">The source's own instance of the content, to tell a confirmation from a change; null before the first.</param>
/// <param name="Snapshot">The published snapshot, or null before the first.</param>
/// <param name="Failure">The present failure, or null while the snapshot is live.</param>
internal sealed record ViewState(EndpointSnapshot? Read, EndpointSnapshot? Snapshot, EndpointSourceException? Failure);
