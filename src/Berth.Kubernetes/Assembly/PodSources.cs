using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// All that the slices of a target state of one pod: nearly always a single endpoint, so that one costs nothing beside it.
/// </summary>
internal struct PodSources
{
    // An ISliceEndpoint, or Several: with a field for each, the table of 100,000 pods would grow by a megabyte.
    private object? _all;

    /// <summary>Starts with one.</summary>
    public PodSources(ISliceEndpoint first) => _all = first;

    /// <summary>The number of endpoints.</summary>
    public readonly int Count => _all is null ? 0 : _all is Several several ? several.Endpoints.Length : 1;

    /// <summary>One of them.</summary>
    public readonly ISliceEndpoint this[int index] => _all is Several several ? several.Endpoints[index] : (ISliceEndpoint)_all!;

    /// <summary>Adds one.</summary>
    public void Add(ISliceEndpoint endpoint) => _all = _all switch
    {
        null => endpoint,
        Several several => new Several([.. several.Endpoints, endpoint]),
        _ => new Several([(ISliceEndpoint)_all, endpoint]),
    };

    /// <summary>Takes one out.</summary>
    public void Remove(ISliceEndpoint endpoint)
    {
        if (_all is not Several several)
        {
            if (ReferenceEquals(_all, endpoint))
                _all = null;
            return;
        }

        ISliceEndpoint[] left = [.. several.Endpoints.Where(e => !ReferenceEquals(e, endpoint))];
        _all = left.Length switch { 0 => null, 1 => left[0], _ => new Several(left) };
    }

    /// <summary>Finds the endpoint that a slice states with the same content.</summary>
    public readonly ISliceEndpoint? FindEqual(SliceObject slice, ISliceEndpoint like)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(this[i].Slice, slice) && this[i].ContentEquals(like))
                return this[i];
        }

        return null;
    }

    /// <summary>True when one of them takes the place of what a slice no longer states.</summary>
    public readonly bool Fills(in PodGap gap)
    {
        for (int i = 0; i < Count; i++)
        {
            if (gap.IsFilledBy(this[i]))
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

    // A sealed class: to tell it from an endpoint is one comparison, which an array of an interface is not.
    private sealed class Several(ISliceEndpoint[] endpoints)
    {
        public ISliceEndpoint[] Endpoints => endpoints;
    }
}
