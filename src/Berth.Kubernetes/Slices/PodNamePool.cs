using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads pods' names so that the pods of a set share one prefix.</summary>
internal sealed class PodNamePool
{
    private readonly Utf8Pool<PodNamePrefix> _prefixes = new(static text => new PodNamePrefix(text), static prefix => prefix.Text);

    /// <summary>Reads a name. A name that is not a set's name, a dash and an ordinal is kept as a whole text.</summary>
    public PodName Read(ReadOnlySpan<byte> utf8, string field) =>
        PodOrdinal.TrySplit(utf8, out int prefix, out int ordinal)
            ? new PodName(_prefixes.Get(utf8[..prefix], field), ordinal)
            : new PodName(Utf8Text.Read(utf8, field));
}
