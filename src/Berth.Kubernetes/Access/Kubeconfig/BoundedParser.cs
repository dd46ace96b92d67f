using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Refuses YAML that costs more to read than any kubeconfig does: nested so deeply that the stack would overflow, which no exception
/// handler survives, or of so many pieces that they fill the memory.
/// </summary>
internal sealed class BoundedParser(IParser inner) : IParser
{
    private const int MaximumDepth = 64;

    // Some hundred bytes of memory each; a kubeconfig of 10,000 clusters, users and contexts has about as many.
    private const int MaximumEvents = 500_000;

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
        return true;
    }
}
