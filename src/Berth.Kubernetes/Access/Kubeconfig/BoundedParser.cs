using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Refuses YAML that costs more than any kubeconfig: nesting that would overflow the stack, which cannot be caught, or so many events that
/// they fill the memory.
/// </summary>
internal sealed class BoundedParser(IParser inner) : IParser
{
    private const int MaxDepth = 64;

    // Each event takes some hundred bytes of memory. A kubeconfig with 10,000 clusters, users and contexts has about this number.
    private const int MaxEvents = 500_000;

    private int _depth;
    private int _events;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        if (!inner.MoveNext())
            return false;
        ParsingEvent current = inner.Current!;
        _depth += current.NestingIncrease;
        if (_depth > MaxDepth + 2)
            throw new YamlException(current.Start, current.End, $"nested deeper than {MaxDepth} levels");
        if (++_events > MaxEvents)
            throw new YamlException(current.Start, current.End, $"more than {MaxEvents} pieces");
        return true;
    }
}
