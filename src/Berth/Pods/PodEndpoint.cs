using System.Net;
using System.Text;

namespace Berth;

/// <summary>One pod that can be dialled. Immutable. Its identity is (namespace, name, UID), never its address: pods of one set share a node's address.</summary>
public sealed class PodEndpoint
{
    // There may be 100,000 of these: the usual one address, one port and UUID in small letters are held without objects of their own.
    private readonly IPAddress _address = IPAddress.None;
    private readonly IReadOnlyList<IPAddress>? _addresses;
    private readonly EndpointPort _port;
    private readonly IReadOnlyList<EndpointPort>? _ports;
    private readonly PodUid _uid;
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
    /// <remarks>Reading it may make a new string.</remarks>
    public string? Uid
    {
        get => _uid.ToString();
        init => _uid = new PodUid(value);
    }

    /// <summary>The pod's ordinal, 0 or more, or null under a scheme that needs none.</summary>
    public int? Ordinal { get; init; }

    /// <summary>All addresses of the pod that the source stated, at least one, the preferred first.</summary>
    /// <remarks>Reading it may make a new list; <see cref="Address"/> never does.</remarks>
    public required IReadOnlyList<IPAddress> Addresses
    {
        get => _addresses ?? [_address];
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _addresses = value.Count == 1 ? null : value;
            _address = value.Count > 0 ? value[0] : IPAddress.None;
        }
    }

    /// <summary>All ports of the pod, at least one, the main one first.</summary>
    /// <remarks>Reading it may make a new list; <see cref="Port"/> never does.</remarks>
    public required IReadOnlyList<EndpointPort> Ports
    {
        get => _ports ?? [_port];
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _ports = value.Count == 1 ? null : value;
            _port = value.Count > 0 ? value[0] : default;
        }
    }

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
    public IPAddress Address => _address;

    /// <summary>The main port, 1 to 65535.</summary>
    public int Port => _port.Number;

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
    public ReadOnlyMemory<byte> AuthorityUtf8 => _authorityUtf8 ??= Encoding.UTF8.GetBytes(_authority ?? new IPEndPoint(Address, Port).ToString());

    /// <summary>The name's part of a sticky pick, computed once.</summary>
    internal ulong NameHash { get; private init; }

    /// <summary>Finds a port by its name.</summary>
    /// <returns>The port, or null when the pod has none of that name.</returns>
    public EndpointPort? FindPort(string name)
    {
        if (_ports is null)
            return string.Equals(_port.Name, name, StringComparison.Ordinal) ? _port : null;
        foreach (EndpointPort port in _ports)
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
            && _uid == other._uid
            && string.Equals(Node, other.Node, StringComparison.Ordinal)
            && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
            && string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
            && _address.Equals(other._address) && SameRest(_addresses, other._addresses)
            && _port == other._port && SameRest(_ports, other._ports));

    /// <summary>The endpoint for people: <c>service-b-2 10.88.0.10:3002 Ready</c>.</summary>
    public override string ToString() => $"{Name} {Authority} {State}";

    /// <summary>Both without a list, or with equal ones.</summary>
    private static bool SameRest<T>(IReadOnlyList<T>? left, IReadOnlyList<T>? right)
    {
        if (ReferenceEquals(left, right))
            return true;
        if (left is null || right is null || left.Count != right.Count)
            return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(left[i], right[i]))
                return false;
        }

        return true;
    }
}
