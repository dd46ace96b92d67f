using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Storage;

/// <summary>One step of the store's history: the object before and after, and the new version.</summary>
/// <param name="Version">The new version.</param>
/// <param name="Before">The object before; null when it was created.</param>
/// <param name="After">The object after; null when it was removed.</param>
/// <param name="Last">The newest body: the one after the change, or for a removal the last one with the version of the removal.</param>
internal sealed record Change(long Version, StoredObject? Before, StoredObject? After, StoredObject Last)
{
    public ResourceKind Kind => Last.Kind;
}
