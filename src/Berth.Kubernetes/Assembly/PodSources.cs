using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// All endpoints that the slices of a target state for one pod. There is nearly always one, which then needs no further memory.
/// </summary>
internal struct PodSources
{
    // An ISliceEndpoint, or Several. With a field for each, the table of 100,000 pods would grow by a megabyte.
    private object? _all;

    /// <summary>Creates the sources with one endpoint.</summary>
    public PodSources(ISliceEndpoint first) => _all = first;

    /// <summary>The number of endpoints.</summary>
    public readonly int Count => _all is null ? 0 : _all is Several several ? several.Endpoints.Length : 1;

    /// <summary>Returns one endpoint.</summary>
    public readonly ISliceEndpoint this[int index] => _all is Several several ? several.Endpoints[index] : (ISliceEndpoint)_all!;

    /// <summary>Adds an endpoint.</summary>
    public void Add(ISliceEndpoint endpoint) => _all = _all switch
    {
        null => endpoint,
        Several several => new Several([.. several.Endpoints, endpoint]),
        _ => new Several([(ISliceEndpoint)_all, endpoint]),
    };

    /// <summary>Removes an endpoint.</summary>
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

    /// <summary>Finds an endpoint of a slice with the same content.</summary>
    public readonly ISliceEndpoint? FindEqual(SliceObject slice, ISliceEndpoint like)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(this[i].Slice, slice) && this[i].ContentEquals(like))
                return this[i];
        }

        return null;
    }

    /// <summary>True when one of them replaces the missing process.</summary>
    public readonly bool Fills(in PodGap gap)
    {
        for (int i = 0; i < Count; i++)
        {
            if (gap.IsFilledBy(this[i]))
                return true;
        }

        return false;
    }

    /// <summary>True when one of them is on the node.</summary>
    public readonly bool IsOnNode(string node)
    {
        for (int i = 0; i < Count; i++)
        {
            if (string.Equals(this[i].Node, node, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // A sealed class, because a type test for it is one comparison. For an array of an interface it is not.
    private sealed class Several(ISliceEndpoint[] endpoints)
    {
        public ISliceEndpoint[] Endpoints => endpoints;
    }
}
