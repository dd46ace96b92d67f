using System.Runtime.InteropServices;

namespace Berth.Kubernetes.Slices;

/// <summary>Collects the ports of a slice, and returns one list for all slices with equal ports.</summary>
internal sealed class PortLists
{
    // Slices of one Service have one list of ports, or two during a change.
    private const int MaxKnown = 8;

    private readonly List<EndpointPort> _ports = [];
    private readonly List<EndpointPort[]> _known = [];

    /// <summary>Begins a slice.</summary>
    public void Begin() => _ports.Clear();

    /// <summary>Adds a port. A port without a number is not a base, and is left out.</summary>
    public void Add(string? name, string? protocol, int number)
    {
        if (number is >= 1 and <= 65535)
            _ports.Add(new EndpointPort(name ?? "", number, string.IsNullOrEmpty(protocol) ? "TCP" : protocol));
    }

    /// <summary>Ends a slice.</summary>
    public EndpointPort[] End()
    {
        if (_ports.Count == 0)
            return [];
        foreach (EndpointPort[] known in _known)
        {
            if (known.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(_ports)))
                return known;
        }

        if (_known.Count == MaxKnown)
            _known.RemoveAt(0);
        EndpointPort[] added = [.. _ports];
        _known.Add(added);
        return added;
    }
}
