using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Refuses YAML nested so deeply that reading it would overflow the stack, which no exception handler survives.</summary>
internal sealed class DepthLimitedParser(IParser inner) : IParser
{
    private const int MaximumDepth = 64;

    private int _depth;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        if (!inner.MoveNext())
            return false;
        _depth += inner.Current?.NestingIncrease ?? 0;
        if (_depth > MaximumDepth + 2)
            throw new YamlException(inner.Current!.Start, inner.Current.End, $"nested deeper than {MaximumDepth} levels");
        return true;
    }
}
