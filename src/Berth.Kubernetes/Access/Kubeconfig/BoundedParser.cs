using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Refuses YAML that costs more to read than any kubeconfig does: nested so deeply that the stack would overflow, which no exception handler survives; of so
/// many pieces that they fill the memory; or with a key that is a whole structure, which is compared piece by piece, and through aliases in pieces without end.
/// </summary>
internal sealed class BoundedParser(IParser inner) : IParser
{
    private const int MaximumDepth = 64;

    // Some hundred bytes of memory each; a kubeconfig of 10,000 clusters, users and contexts has about as many.
    private const int MaximumEvents = 500_000;

    // The collections that are open, and of each mapping whether its next node is a key.
    private readonly Stack<(bool Mapping, bool Key)> _open = new();
    private int _depth;
    private int _events;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        if (!inner.MoveNext())
            return false;
        ParsingEvent current = inner.Current!;
        _depth += current.NestingIncrease;
        if (_depth > MaximumDepth + 2)
            throw new YamlException(current.Start, current.End, $"nested deeper than {MaximumDepth} levels");
        if (++_events > MaximumEvents)
            throw new YamlException(current.Start, current.End, $"more than {MaximumEvents} pieces");
        FollowKeys(current);
        return true;
    }

    private void FollowKeys(ParsingEvent current)
    {
        if ((current is NodeEvent or AnchorAlias) && _open.TryPop(out (bool Mapping, bool Key) collection))
        {
            if (collection.Key && current is not Scalar)
                throw new YamlException(current.Start, current.End, "a key that is not a single value");
            // In a mapping keys and values take turns.
            _open.Push((collection.Mapping, collection.Mapping && !collection.Key));
        }

        if (current is MappingStart or SequenceStart)
            _open.Push((current is MappingStart, current is MappingStart));
        else if (current is MappingEnd or SequenceEnd)
            _open.Pop();
    }
}
