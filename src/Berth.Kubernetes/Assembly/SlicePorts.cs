using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Counts the different lists of ports that the slices with pods have. Slices of one Service have one list, or several while the controller
/// deals the pods out again, or where the pods of one target have different numbers for a named port.
/// </summary>
internal sealed class SlicePorts
{
    // Nearly always one, and a few at most.
    private readonly List<(IReadOnlyList<EndpointPort> Ports, int Count)> _lists = new(1);

    /// <summary>True when there are several.</summary>
    public bool Differ => _lists.Count > 1;

    /// <summary>Takes a new state of a slice in place of the earlier one; each may be null.</summary>
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

    /// <summary>Only slices that the controller deals out count: others keep ports of their own for good.</summary>
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
