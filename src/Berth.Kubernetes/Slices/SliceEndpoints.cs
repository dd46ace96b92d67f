namespace Berth.Kubernetes.Slices;

/// <summary>Collects the endpoints of one slice in two lists: those that can be dialled, and the others.</summary>
internal sealed class SliceEndpoints
{
    private readonly List<SlicePod> _pods = [];
    private readonly List<OddEndpoint> _odd = [];

    /// <summary>Creates empty lists.</summary>
    /// <param name="count">The expected number of endpoints, or 0 when it is not known.</param>
    public void Begin(int count = 0)
    {
        _pods.Clear();
        _odd.Clear();
        _pods.EnsureCapacity(count);
    }

    /// <summary>Adds an endpoint.</summary>
    public void Add(ISliceEndpoint endpoint)
    {
        if (endpoint is SlicePod pod)
            _pods.Add(pod);
        else
            _odd.Add((OddEndpoint)endpoint);
    }

    /// <summary>Returns all endpoints.</summary>
    public (SlicePod[] Pods, OddEndpoint[] Odd) Take()
    {
        SlicePod[] pods = _pods.Count == 0 ? [] : [.. _pods];
        OddEndpoint[] odd = _odd.Count == 0 ? [] : [.. _odd];
        _pods.Clear();
        _odd.Clear();
        return (pods, odd);
    }
}
