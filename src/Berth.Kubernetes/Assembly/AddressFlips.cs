using Berth.Kubernetes.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Says when the pods of a node, which had external addresses, are given by their internal ones, and when they have external ones again.
/// One line for each node, however many pods it has.
/// </summary>
internal sealed class AddressFlips(ServiceTarget target, ILogger logger)
{
    // More nodes than a cluster has: names of nodes that are gone must not pile up without end.
    private const int MaxNodes = 20_000;

    // For each node that has had external addresses, whether its pods have them now.
    private readonly Dictionary<string, bool> _nodes = new(StringComparer.Ordinal);

    /// <summary>Notes the kind of address that a pod of the node is given.</summary>
    public void Note(string node, bool isExternal)
    {
        bool isKnown = _nodes.TryGetValue(node, out bool was);
        if (isKnown ? was == isExternal : !isExternal)
            return;
        if (_nodes.Count >= MaxNodes)
            _nodes.Clear();
        _nodes[node] = isExternal;
        if (!isKnown)
            return;
        if (isExternal)
            Log.ExternalAgain(logger, target, node);
        else
            Log.InternalNow(logger, target, node);
    }
}
