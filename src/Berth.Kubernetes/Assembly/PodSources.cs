using System.Net.Sockets;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>All that the slices of a target say of one pod: nearly always a single endpoint, so that one costs nothing beside it.</summary>
internal struct PodSources
{
    // One endpoint, or an array of several.
    private object? _all;

    /// <summary>Begins with one.</summary>
    public PodSources(SliceEndpoint first) => _all = first.Pod;

    /// <summary>How many there are.</summary>
    public readonly int Count => _all is PodEndpoint[] several ? several.Length : _all is null ? 0 : 1;

    /// <summary>One of them.</summary>
    public readonly SliceEndpoint this[int index] => new(_all is PodEndpoint[] several ? several[index] : (PodEndpoint)_all!);

    /// <summary>Adds one.</summary>
    public void Add(SliceEndpoint endpoint) => _all = _all switch
    {
        null => endpoint.Pod,
        PodEndpoint[] several => several.Append(endpoint.Pod).ToArray(),
        _ => new[] { (PodEndpoint)_all, endpoint.Pod },
    };

    /// <summary>Takes one out.</summary>
    public void Remove(SliceEndpoint endpoint)
    {
        if (_all is not PodEndpoint[] several)
        {
            if (ReferenceEquals(_all, endpoint.Pod))
                _all = null;
            return;
        }

        PodEndpoint[] left = [.. several.Where(e => !ReferenceEquals(e, endpoint.Pod))];
        _all = left.Length switch { 0 => null, 1 => left[0], _ => left };
    }

    /// <summary>Finds the endpoint that a slice states with the same content.</summary>
    public readonly SliceEndpoint? FindEqual(SliceObject slice, SliceEndpoint like)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(this[i].Slice, slice) && this[i].ContentEquals(like))
                return this[i];
        }

        return null;
    }

    /// <summary>
    /// True when one of them has an address of the family, or tells that the pod is terminating: then its absence elsewhere is no gap.
    /// </summary>
    public readonly bool Covers(AddressFamily family)
    {
        for (int i = 0; i < Count; i++)
        {
            if (this[i].Family == family || this[i].Terminating)
                return true;
        }

        return false;
    }

    /// <summary>True when one of them stands on the node.</summary>
    public readonly bool IsOnNode(string node)
    {
        for (int i = 0; i < Count; i++)
        {
            if (string.Equals(this[i].Node, node, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
