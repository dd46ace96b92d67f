namespace Berth.Kubernetes.Slices;

/// <summary>Gathers the endpoints of one slice, those that can be dialled apart from the others.</summary>
internal sealed class SliceEndpoints
{
    private readonly List<SlicePod> _pods = [];
    private readonly List<OddEndpoint> _odd = [];

    /// <summary>Starts with none.</summary>
    /// <param name="count">How many will come, if that is known.</param>
    public void Begin(int count = 0)
    {
        _pods.Clear();
        _odd.Clear();
        _pods.EnsureCapacity(count);
    }

    /// <summary>Adds one.</summary>
    public void Add(ISliceEndpoint endpoint)
    {
        if (endpoint is SlicePod pod)
            _pods.Add(pod);
        else
            _odd.Add((OddEndpoint)endpoint);
    }

    /// <summary>Takes all.</summary>
    public (SlicePod[] Pods, OddEndpoint[] Odd) Take()
    {
        SlicePod[] pods = _pods.Count == 0 ? [] : [.. _pods];
        OddEndpoint[] odd = _odd.Count == 0 ? [] : [.. _odd];
        _pods.Clear();
        _odd.Clear();
        return (pods, odd);
    }
}
