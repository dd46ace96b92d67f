using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Storage;

/// <summary>One step of the store's history: before, after, and the version it made.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="Before">The object before; null when it was created.</param>
/// <param name="After">The object after; null when it was removed.</param>
/// <param name="Last">The newest known body: the one after, or for a removal the last one, carrying the removal's version.</param>
internal sealed record Change(long Version, StoredObject? Before, StoredObject? After, StoredObject Last)
{
    public ResourceKind Kind => Last.Kind;
}
