using System.Net;
using System.Text;

namespace Berth;

/// <summary>One pod that can be dialled. Immutable. Its identity is (namespace, name, UID), never its address: pods of one set share a node's address.</summary>
public sealed class PodEndpoint
{
    private string? _authority;
    private byte[]? _authorityUtf8;

    /// <summary>The pod's name, such as <c>service-b-2</c>.</summary>
    public required string Name
    {
        get;
        init
        {
            field = value;
            NameHash = KeyHash.Of(value);
        }
    }

    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's UID as the source stated it, or null when it did not. A new UID under one name is a new process.</summary>
    public string? Uid { get; init; }

    /// <summary>The pod's ordinal, 0 or more, or null under a scheme that needs none.</summary>
    public int? Ordinal { get; init; }

    /// <summary>All addresses of the pod that the source stated, at least one, the preferred first.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>All ports of the pod, at least one, the main one first.</summary>
    public required IReadOnlyList<EndpointPort> Ports { get; init; }

    /// <summary>The node the pod runs on, or null when the source did not say.</summary>
    public string? Node { get; init; }

    /// <summary>The zone of the node (topology.kubernetes.io/zone), or null when the source did not say.</summary>
    public string? Zone { get; init; }

    /// <summary>The condition <c>ready</c>; true where it is unset (discovery.k8s.io/v1 EndpointConditions).</summary>
    public bool Ready { get; init; } = true;

    /// <summary>The condition <c>serving</c>; true where it is unset.</summary>
    public bool Serving { get; init; } = true;

    /// <summary>The condition <c>terminating</c>; false where it is unset.</summary>
    public bool Terminating { get; init; }

    /// <summary>The preferred address.</summary>
    public IPAddress Address => Addresses[0];

    /// <summary>The main port, 1 to 65535.</summary>
    public int Port => Ports[0].Number;

    /// <summary>The conditions as one state.</summary>
    public PodState State =>
        Terminating ? (Serving ? PodState.Draining : PodState.Terminating)
        : Ready && Serving ? PodState.Ready
        : PodState.NotReady;

    /// <summary>True when new clients may be sent here: ready, serving and not terminating.</summary>
    public bool IsAvailable => State == PodState.Ready;

    /// <summary>Address and main port as clients dial them: <c>10.88.0.10:3002</c>, or <c>[fd00::1]:3002</c>.</summary>
    /// <remarks>Made once, at the first call.</remarks>
    public string Authority => _authority ??= new IPEndPoint(Address, Port).ToString();

    /// <summary><see cref="Authority"/> as UTF-8, made once, at the first call.</summary>
    public ReadOnlyMemory<byte> AuthorityUtf8 => _authorityUtf8 ??= Encoding.UTF8.GetBytes(Authority);

    /// <summary>The name's part of a sticky pick, computed once.</summary>
    internal ulong NameHash { get; private init; }

    /// <summary>Finds a port by its name.</summary>
    /// <returns>The port, or null when the pod has none of that name.</returns>
    public EndpointPort? FindPort(string name)
    {
        foreach (EndpointPort port in Ports)
        {
            if (string.Equals(port.Name, name, StringComparison.Ordinal))
                return port;
        }

        return null;
    }

    /// <summary>True when everything a reader can see is the same.</summary>
    public bool ContentEquals(PodEndpoint? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Ready == other.Ready && Serving == other.Serving && Terminating == other.Terminating && Ordinal == other.Ordinal
            && string.Equals(Name, other.Name, StringComparison.Ordinal)
            && string.Equals(Uid, other.Uid, StringComparison.Ordinal)
            && string.Equals(Node, other.Node, StringComparison.Ordinal)
            && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
            && string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
            && SameItems(Addresses, other.Addresses) && SameItems(Ports, other.Ports));

    /// <summary>The endpoint for people: <c>service-b-2 10.88.0.10:3002 Ready</c>.</summary>
    public override string ToString() => $"{Name} {Authority} {State}";

    private static bool SameItems<T>(IReadOnlyList<T> left, IReadOnlyList<T> right)
    {
        if (ReferenceEquals(left, right))
            return true;
        if (left.Count != right.Count)
            return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(left[i], right[i]))
                return false;
        }

        return true;
    }
}
