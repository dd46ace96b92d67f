using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>The pods of each node, so that a change of a node touches only its pods.</summary>
internal sealed class PodsByNode
{
    private readonly Dictionary<string, HashSet<string>> _keys = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Find(string node) => _keys.TryGetValue(node, out HashSet<string>? keys) ? keys : [];

    public void Add(ISliceEndpoint endpoint)
    {
        if (endpoint.Node is not { } node)
            return;
        if (!_keys.TryGetValue(node, out HashSet<string>? keys))
            _keys.Add(node, keys = new HashSet<string>(StringComparer.Ordinal));
        keys.Add(endpoint.Key.ToString()!);
    }

    /// <param name="endpoint">The removed endpoint.</param>
    /// <param name="left">The remaining sources of its pod.</param>
    public void Remove(ISliceEndpoint endpoint, in PodSources left)
    {
        if (endpoint.Node is not { } node || left.IsOnNode(node) || !_keys.TryGetValue(node, out HashSet<string>? keys))
            return;
        keys.Remove(endpoint.Key.ToString()!);
        if (keys.Count == 0)
            _keys.Remove(node);
    }
}
