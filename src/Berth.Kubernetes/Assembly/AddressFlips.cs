using Berth.Kubernetes.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Logs when the pods of a node lose their external addresses and get internal ones instead, and when they have external ones again: one
/// line for each node, for any number of pods.
/// </summary>
internal sealed class AddressFlips(ServiceTarget target, ILogger logger)
{
    // More nodes than a cluster has. The limit bounds the names of removed nodes.
    private const int MaxNodes = 20_000;

    // For each node that had external addresses: true when its pods have them now.
    private readonly Dictionary<string, bool> _nodes = new(StringComparer.Ordinal);

    /// <summary>Records the kind of address that a pod of the node gets.</summary>
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
