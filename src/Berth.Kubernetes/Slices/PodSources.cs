using System.Net.Sockets;

namespace Berth.Kubernetes.Slices;

/// <summary>All that the slices of a target say of one pod: nearly always a single endpoint, so that one costs nothing beside it.</summary>
internal struct PodSources
{
    private SliceEndpoint? _first;
    private SliceEndpoint[]? _rest;

    /// <summary>How many there are.</summary>
    public readonly int Count => _first is null ? 0 : 1 + (_rest?.Length ?? 0);

    /// <summary>One of them.</summary>
    public readonly SliceEndpoint this[int index] => index == 0 ? _first! : _rest![index - 1];

    /// <summary>Adds one.</summary>
    public void Add(SliceEndpoint endpoint)
    {
        if (_first is null)
            _first = endpoint;
        else
            _rest = _rest is null ? [endpoint] : [.. _rest, endpoint];
    }

    /// <summary>Takes one out.</summary>
    public void Remove(SliceEndpoint endpoint)
    {
        if (ReferenceEquals(_first, endpoint))
        {
            _first = _rest?[0];
            _rest = _rest is { Length: > 1 } ? _rest[1..] : null;
            return;
        }

        SliceEndpoint[] left = [.. (_rest ?? []).Where(e => !ReferenceEquals(e, endpoint))];
        _rest = left.Length == 0 ? null : left;
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

    /// <summary>True when one of them has an address of the family, or tells that the pod is terminating: then its absence elsewhere is no gap.</summary>
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
