using System.Diagnostics.CodeAnalysis;
using System.Net;
using Berth.Pods;
using Berth.Ports;

namespace Berth;

/// <summary>
/// One pod that can be dialled. Immutable. Its identity is (namespace, name, UID), never its address: pods of one set share a node's
/// address.
/// </summary>
public sealed class PodEndpoint
{
    // There may be 100,000 of these, so each field stands for the usual case, and holds something larger only in the others.
    private object _name = "";
    private readonly object _addresses = IPAddress.None;
    private readonly Guid _uid;
    private PodPlace _place = PodPlace.Unknown;
    private int _number;
    private Traits _traits = Traits.Ready | Traits.Serving;
    private object? _authority;

    /// <summary>Makes an endpoint of the values that are set with it.</summary>
    public PodEndpoint()
    {
    }

    /// <summary>What a source says of a pod, in as few bytes as it takes. <see cref="Adopt"/> makes an endpoint of it.</summary>
    [SetsRequiredMembers]
#pragma warning disable CS8618 // The required properties stand on the fields that are set here.
    internal PodEndpoint(PodName name, PodPlace place, Guid uid, object addresses, bool ready, bool serving, bool terminating)
#pragma warning restore CS8618
    {
        _name = name.Text ?? "";
        _number = name.Number;
        _place = place;
        _uid = uid;
        _addresses = addresses;
        _traits = (ready ? Traits.Ready : Traits.None) | (serving ? Traits.Serving : Traits.None) | (
            terminating ? Traits.Terminating : Traits.None);
    }

    [Flags]
    private enum Traits : byte
    {
        None = 0,
        Ready = 1,
        Serving = 2,
        Terminating = 4,
        HasOrdinal = 8,
        Adopted = 16,
    }

    /// <summary>The pod's name, such as <c>service-b-2</c>.</summary>
    /// <remarks>Made at the first call and kept.</remarks>
    public required string Name
    {
        get
        {
            if (_name is string text)
                return text;
            text = Key.ToString()!;
            _name = text;
            return text;
        }

        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _name = value;
        }
    }

    /// <summary>The pod's namespace.</summary>
    public required string Namespace
    {
        get => _place.Namespace;
        init => _place = _place with { Namespace = value };
    }

    /// <summary>The pod's UID as the source stated it, or null when it did not. A new UID under one name is a new process.</summary>
    /// <remarks>Reading it may make a new string.</remarks>
    public string? Uid
    {
        get => UidValue.ToString();
        init
        {
            PodUid uid = new(value);
            _uid = uid.Value;
            if (uid.Text is not null || _place.Uid is not null)
                _place = _place with { Uid = uid.Text };
        }
    }

    /// <summary>The pod's ordinal, 0 or more, or null under a scheme that needs none.</summary>
    public int? Ordinal
    {
        get => Has(Traits.HasOrdinal) ? _number : null;
        init
        {
            _number = value ?? 0;
            Set(Traits.HasOrdinal, value is not null);
        }
    }

    /// <summary>All addresses of the pod that the source stated, at least one, the preferred first.</summary>
    /// <remarks>Reading it may make a new list; <see cref="Address"/> never does.</remarks>
    public required IReadOnlyList<IPAddress> Addresses
    {
        get => _addresses as IReadOnlyList<IPAddress> ?? [(IPAddress)_addresses];
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _addresses = value.Count switch { 0 => IPAddress.None, 1 => value[0], _ => value };
        }
    }

    /// <summary>All ports of the pod, at least one, the main one first.</summary>
    /// <remarks>Reading it may make a new list; <see cref="Port"/> never does.</remarks>
    public required IReadOnlyList<EndpointPort> Ports
    {
        get => _place.Ports is PortPlan plan ? plan.All(_number) : (IReadOnlyList<EndpointPort>)_place.Ports;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _place = _place with { Ports = value };
        }
    }

    /// <summary>The node the pod runs on, or null when the source did not say.</summary>
    public string? Node
    {
        get => _place.Node;
        init => _place = _place with { Node = value };
    }

    /// <summary>The zone of the node (topology.kubernetes.io/zone), or null when the source did not say.</summary>
    public string? Zone
    {
        get => _place.Zone;
        init => _place = _place with { Zone = value };
    }

    /// <summary>The condition <c>ready</c>; true where it is unset (discovery.k8s.io/v1 EndpointConditions).</summary>
    public bool Ready
    {
        get => Has(Traits.Ready);
        init => Set(Traits.Ready, value);
    }

    /// <summary>The condition <c>serving</c>; true where it is unset.</summary>
    public bool Serving
    {
        get => Has(Traits.Serving);
        init => Set(Traits.Serving, value);
    }

    /// <summary>The condition <c>terminating</c>; false where it is unset.</summary>
    public bool Terminating
    {
        get => Has(Traits.Terminating);
        init => Set(Traits.Terminating, value);
    }

    /// <summary>The preferred address.</summary>
    public IPAddress Address => _addresses as IPAddress ?? ((IReadOnlyList<IPAddress>)_addresses)[0];

    /// <summary>The main port, 1 to 65535.</summary>
    public int Port =>
        _place.Ports is PortPlan plan ? plan.MainPort(_number) : (
            (IReadOnlyList<EndpointPort>)_place.Ports) is { Count: > 0 } ports ? ports[0].Number : 0;

    /// <summary>The conditions as one state.</summary>
    public PodState State =>
        Terminating ? (Serving ? PodState.Draining : PodState.Terminating)
        : Ready && Serving ? PodState.Ready
        : PodState.NotReady;

    /// <summary>True when new clients may be sent here: ready, serving and not terminating.</summary>
    public bool IsAvailable => State == PodState.Ready;

    /// <summary>Address and main port as clients dial them: <c>10.88.0.10:3002</c>, or <c>[fd00::1]:3002</c>.</summary>
    /// <remarks>Made at the first call and kept.</remarks>
    public string Authority => PodAuthority.Text(ref _authority, this);

    /// <summary><see cref="Authority"/> as UTF-8. Made at the first call and kept.</summary>
    public ReadOnlyMemory<byte> AuthorityUtf8 => PodAuthority.Utf8(ref _authority, this);

    // How an endpoint was made is nothing a reader can see.
    private Traits Said => _traits & ~Traits.Adopted;

    /// <summary>The name's part of a sticky pick.</summary>
    internal ulong NameHash => _name is PodNamePrefix prefix ? KeyHash.End(prefix.HashState, _number) : KeyHash.Of((string)_name);

    /// <summary>The name as it is kept.</summary>
    internal PodName Key => new(_name, _number);

    /// <summary>The UID as it is kept.</summary>
    internal PodUid UidValue => new(_uid, _place.Uid);

    internal PodPlace Place => _place;

    internal bool HasOrdinal => Has(Traits.HasOrdinal);

    /// <summary>The one address, a list of them, or whatever else the source put there for a pod that cannot be dialled.</summary>
    internal object RawAddresses => _addresses;

    /// <summary>
    /// The plan of its ports, or null where they were listed one by one, or there are none yet: its place may have the plan of another pod
    /// before.
    /// </summary>
    internal PortPlan? Plan => Has(Traits.Adopted) ? _place.Ports as PortPlan : null;

    /// <summary>Set by the source that created the endpoint. Not visible to users.</summary>
    internal object? Origin { get; set; }

    /// <summary>Makes an endpoint that can be dialled of what a source said, before anybody sees it.</summary>
    internal void Adopt(PortPlan plan, bool hasOrdinal)
    {
        _place = _place.With(plan);
        _traits |= Traits.Adopted | (hasOrdinal ? Traits.HasOrdinal : Traits.None);
    }

    /// <summary>Finds a port by its name.</summary>
    /// <returns>The port, or null when the pod has none of that name.</returns>
    public EndpointPort? FindPort(string name)
    {
        if (_place.Ports is PortPlan plan)
            return plan.TryFind(name, _number, out EndpointPort? planned) ? planned : null;
        foreach (EndpointPort port in (IReadOnlyList<EndpointPort>)_place.Ports)
        {
            if (string.Equals(port.Name, name, StringComparison.Ordinal))
                return port;
        }

        return null;
    }

    /// <summary>True when everything a reader can see is the same.</summary>
    public bool ContentEquals(PodEndpoint? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Said == other.Said && Ordinal == other.Ordinal && _uid == other._uid
            && _place.IsSameAs(other._place)
            && PodNames.AreEqual(this, other) && SameAddresses(other) && SamePorts(other));

    /// <summary>The endpoint for people: <c>service-b-2 10.88.0.10:3002 Ready</c>.</summary>
    public override string ToString() => $"{Name} {Authority} {State}";

    private bool Has(Traits trait) => (_traits & trait) != Traits.None;

    private void Set(Traits trait, bool value) => _traits = value ? _traits | trait : _traits & ~trait;

    private bool SameAddresses(PodEndpoint other) => _addresses is IPAddress one && other._addresses is IPAddress another
        ? one.Equals(another)
        : Addresses.SequenceEqual(other.Addresses);

    private bool SamePorts(PodEndpoint other) =>
        (_place.Ports is PortPlan left && other._place.Ports is PortPlan right && _number == other._number && left.IsSameAs(right))
            || Ports.SequenceEqual(other.Ports);
}
