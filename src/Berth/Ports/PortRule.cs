using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Berth.Ports;

/// <summary>The bases of the ports of many pods, stored once for all of them. A stride of 0 gives every pod the bases themselves.</summary>
internal sealed class PortRule
{
    private readonly EndpointPort[] _bases;
    private readonly int _stride;

    /// <param name="bases">At least one, each within the range of ports.</param>
    /// <param name="stride">The distance of ports between two ordinals.</param>
    public PortRule(EndpointPort[] bases, int stride)
    {
        _bases = bases;
        _stride = stride;
        MaxOrdinal = stride == 0 ? int.MaxValue : (PortRange.Max - bases.Max(static b => b.Number)) / stride;
    }

    /// <summary>True when the ports differ by ordinal.</summary>
    public bool NeedsOrdinal => _stride != 0;

    /// <summary>The largest ordinal whose ports are all at most 65535.</summary>
    public int MaxOrdinal { get; }

    /// <summary>The number of ports of each pod.</summary>
    public int Count => _bases.Length;

    /// <summary>The main port of an ordinal up to <see cref="MaxOrdinal"/>.</summary>
    public int MainPort(int ordinal) => (int)PortRange.Compute(_bases[0].Number, ordinal, _stride);

    /// <summary>One port of an ordinal up to <see cref="MaxOrdinal"/>.</summary>
    public EndpointPort At(int index, int ordinal) =>
        _bases[index] with { Number = (int)PortRange.Compute(_bases[index].Number, ordinal, _stride) };

    /// <summary>All ports of an ordinal up to <see cref="MaxOrdinal"/>.</summary>
    public EndpointPort[] All(int ordinal)
    {
        if (_stride == 0)
            return _bases;
        EndpointPort[] all = new EndpointPort[_bases.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = At(i, ordinal);
        return all;
    }

    /// <summary>Computes all ports of any ordinal. On failure the reason is a clause without a full stop.</summary>
    public bool TryResolve(int? ordinal, out IReadOnlyList<EndpointPort> ports, [NotNullWhen(false)] out string? reason)
    {
        ports = [];
        reason = null;
        if (ordinal is not { } number)
        {
            reason = "the pod's name has no ordinal, so no port follows from it";
            return false;
        }

        EndpointPort[] all = new EndpointPort[_bases.Length];
        for (int i = 0; i < all.Length; i++)
        {
            if (!PortRange.TryCompute(_bases[i].Number, number, _stride, out int port, out reason))
                return false;
            all[i] = _bases[i] with { Number = port };
        }

        ports = all;
        return true;
    }

    /// <summary>True when all ports of an ordinal up to <see cref="MaxOrdinal"/> are in another list. Names do not count.</summary>
    public bool IsAmong(ReadOnlySpan<EndpointPort> others, int ordinal)
    {
        foreach (EndpointPort port in _bases)
        {
            int number = (int)PortRange.Compute(port.Number, ordinal, _stride);
            bool isThere = false;
            foreach (EndpointPort other in others)
                isThere |= other.Number == number && other.Protocol == port.Protocol;
            if (!isThere)
                return false;
        }

        return true;
    }

    /// <summary>Adds the ports of an ordinal up to <see cref="MaxOrdinal"/> on one address.</summary>
    public void AddClaims(ClaimKeys claims, string? cluster, IPAddress address, int ordinal)
    {
        foreach (EndpointPort port in _bases)
            claims.Add(cluster, address, (int)PortRange.Compute(port.Number, ordinal, _stride), port.Protocol);
    }

    public bool TryFind(string name, int ordinal, [NotNullWhen(true)] out EndpointPort? found)
    {
        int at = Array.FindIndex(_bases, b => string.Equals(b.Name, name, StringComparison.Ordinal));
        found = at < 0 ? null : At(at, ordinal);
        return at >= 0;
    }

    /// <summary>True when both give the same ports to every pod.</summary>
    public bool IsSameAs(PortRule other) =>
        ReferenceEquals(this, other) || (_stride == other._stride && _bases.AsSpan().SequenceEqual(other._bases));
}
