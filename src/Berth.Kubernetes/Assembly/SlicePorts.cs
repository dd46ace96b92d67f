using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Counts the different lists of ports that the slices with pods have. Slices of one Service usually have one list. They have several while
/// the controller distributes the pods over new slices, or when the pods have different numbers for a named port.
/// </summary>
internal sealed class SlicePorts
{
    // There is nearly always one, and at most a few.
    private readonly List<(IReadOnlyList<EndpointPort> Ports, int Count)> _lists = new(1);

    /// <summary>True when there are several.</summary>
    public bool Differ => _lists.Count > 1;

    /// <summary>Replaces the earlier state of a slice by the new one. Each may be null.</summary>
    public void Change(SliceObject? before, SliceObject? after)
    {
        IReadOnlyList<EndpointPort>? left = PortsOf(before);
        IReadOnlyList<EndpointPort>? right = PortsOf(after);
        if (ReferenceEquals(left, right))
            return;
        if (left is not null)
            Count(left, -1);
        if (right is not null)
            Count(right, 1);
    }

    /// <summary>Only slices of the controller count. Others may have different ports permanently.</summary>
    private static IReadOnlyList<EndpointPort>? PortsOf(SliceObject? slice) =>
        slice is { Pods.Length: > 0, Manager: SliceManager.Controller or SliceManager.Unstated } ? slice.Ports : null;

    private void Count(IReadOnlyList<EndpointPort> ports, int difference)
    {
        int at = _lists.FindIndex(list => ReferenceEquals(list.Ports, ports) || list.Ports.SequenceEqual(ports));
        int count = (at < 0 ? 0 : _lists[at].Count) + difference;
        if (at < 0)
            _lists.Add((ports, count));
        else if (count == 0)
            _lists.RemoveAt(at);
        else
            _lists[at] = (ports, count);
    }
}
