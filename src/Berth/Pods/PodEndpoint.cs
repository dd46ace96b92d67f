using System.Globalization;
using System.Net;
using Berth.Pods;
using Berth.Ports;

namespace Berth;

/// <summary>
/// One pod that can be dialled. Immutable. Its identity is (namespace, name, UID), never its address, because the pods of a node share an
/// address.
/// </summary>
/// <remarks>Sources of one's own, and tests, make endpoints with <see cref="Create"/>.</remarks>
public abstract class PodEndpoint
{
    private readonly Conditions _conditions;

    // Created at the first use: of 100,000 endpoints most are never asked for a text.
    private EndpointTexts? _texts;

    private protected PodEndpoint(int number, bool ready, bool serving, bool terminating, bool cordoned = false, bool lastResort = false)
    {
        Number = number;
        _conditions = (ready ? Conditions.Ready : Conditions.None)
            | (serving ? Conditions.Serving : Conditions.None)
            | (terminating ? Conditions.Terminating : Conditions.None)
            | (cordoned ? Conditions.Cordoned : Conditions.None)
            | (lastResort ? Conditions.LastResort : Conditions.None);
    }

    [Flags]
    private enum Conditions : byte
    {
        None = 0,
        Ready = 1,
        Serving = 2,
        Terminating = 4,
        Cordoned = 8,
        LastResort = 16,
    }

    /// <summary>The pod's name, such as <c>service-b-2</c>.</summary>
    /// <remarks>The first call may create the string, which is then kept.</remarks>
    public abstract string Name { get; }

    /// <summary>The pod's namespace.</summary>
    public abstract string Namespace { get; }

    /// <summary>The pod's UID as the source stated it, or null when it did not. A new UID under one name is a new process.</summary>
    /// <remarks>Reading it may make a new string.</remarks>
    public abstract string? Uid { get; }

    /// <summary>The pod's ordinal, 0 or more, or null under a scheme that needs none.</summary>
    public abstract int? Ordinal { get; }

    /// <summary>All addresses of the pod that the source stated, at least one, the preferred first.</summary>
    /// <remarks>Reading it may create a new list; <see cref="Address"/> never does.</remarks>
    public abstract IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>All ports of the pod, at least one, the main one first.</summary>
    /// <remarks>Reading it may create a new list; <see cref="Port"/> never does.</remarks>
    public abstract IReadOnlyList<EndpointPort> Ports { get; }

    /// <summary>The node the pod runs on, or null when the source did not say.</summary>
    public abstract string? Node { get; }

    /// <summary>The zone of the node (topology.kubernetes.io/zone), or null when the source did not say.</summary>
    public abstract string? Zone { get; }

    /// <summary>
    /// The cluster that the pod is in, such as <c>east</c>, or null when only one cluster is followed. Two pods of one name in two clusters
    /// are two pods.
    /// </summary>
    public virtual string? Cluster => null;

    /// <summary>The preferred address.</summary>
    public abstract IPAddress Address { get; }

    /// <summary>The main port, 1 to 65535.</summary>
    public abstract int Port { get; }

    /// <summary>
    /// The host name by which clients reach the pod from outside, such as <c>lobby-2.games.play.example.com</c>, or null without one. It
    /// stands beside the addresses, for clients that need a name: a browser that checks a certificate.
    /// </summary>
    /// <remarks>Reading it may make a new string.</remarks>
    public virtual string? Host => null;

    /// <summary><see cref="Host"/> and main port as clients dial them, or null without a host name.</summary>
    /// <remarks>Reading it may make a new string.</remarks>
    public string? HostAuthority => Host is { } host ? string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}") : null;

    /// <summary>The condition <c>ready</c>; true where it is unset (discovery.k8s.io/v1 EndpointConditions).</summary>
    public bool Ready => Has(Conditions.Ready);

    /// <summary>The condition <c>serving</c>; true where it is unset.</summary>
    public bool Serving => Has(Conditions.Serving);

    /// <summary>The condition <c>terminating</c>; false where it is unset.</summary>
    public bool Terminating => Has(Conditions.Terminating);

    /// <summary>The conditions as one state.</summary>
    public PodState State =>
        Terminating ? (Serving ? PodState.Draining : PodState.Terminating)
        : Ready && Serving ? (Has(Conditions.Cordoned) ? PodState.Cordoned : PodState.Ready)
        : PodState.NotReady;

    /// <summary>
    /// True when new clients may be sent here: ready, serving, not terminating and not cordoned. With
    /// <see cref="EndpointDirectoryOptions.LastResort"/> also while no pod of the target is ready, when this one is not terminating.
    /// </summary>
    public bool IsAvailable => State == PodState.Ready || Has(Conditions.LastResort);

    /// <summary>Address and main port as clients dial them: <c>10.88.0.10:3002</c>, or <c>[fd00::1]:3002</c>.</summary>
    /// <remarks>Made at the first call and kept.</remarks>
    public string Authority => Texts.Authority ??= new IPEndPoint(Address, Port).ToString();

    /// <summary><see cref="Authority"/> as UTF-8. Made at the first call and kept.</summary>
    public ReadOnlyMemory<byte> AuthorityUtf8 => Texts.AuthorityUtf8 ??= PodAuthority.Format(Address, Port);

    /// <summary>True when an operator has cordoned it, in any state.</summary>
    internal bool IsCordoned => Has(Conditions.Cordoned);

    /// <summary>The parts of the name, for comparisons that create no string.</summary>
    internal abstract PodName Key { get; }

    /// <summary>The hash of the name, for sticky picks.</summary>
    internal abstract ulong NameHash { get; }

    // It is not in the derived types, where the runtime would add 8 bytes of padding for each of 100,000 endpoints.
    /// <summary>The ordinal, or <see cref="PodName.NoNumber"/>.</summary>
    private protected int Number { get; }

    private protected EndpointTexts Texts => _texts ??= new EndpointTexts();

    /// <summary>Creates an endpoint from its parts, for your own sources and for tests.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="addresses">Its addresses, at least one, the preferred first.</param>
    /// <param name="ports">Its ports, at least one, the main one first.</param>
    /// <param name="ordinal">Its ordinal, 0 or more, or null under a scheme that needs none.</param>
    /// <param name="uid">Its UID, or null when it is not known.</param>
    /// <param name="node">The node it runs on, or null when it is not known.</param>
    /// <param name="zone">The zone of the node, or null when it is not known.</param>
    /// <param name="ready">The condition <c>ready</c>.</param>
    /// <param name="serving">The condition <c>serving</c>.</param>
    /// <param name="terminating">The condition <c>terminating</c>.</param>
    /// <param name="host">The host name that leads to it from outside, or null without one.</param>
    /// <param name="cluster">The cluster that it is in, or null when only one is followed.</param>
    /// <exception cref="ArgumentException">
    /// There is no address or no port, the ordinal is negative, or the host name is not valid.
    /// </exception>
    public static PodEndpoint Create(
        string name,
        string @namespace,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<EndpointPort> ports,
        int? ordinal = null,
        string? uid = null,
        string? node = null,
        string? zone = null,
        bool ready = true,
        bool serving = true,
        bool terminating = false,
        string? host = null,
        string? cluster = null) =>
        host is null
            ? new ListedEndpoint(name, @namespace, addresses, ports, ordinal, ready, serving, terminating)
            {
                ListedUid = uid,
                ListedNode = node,
                ListedZone = zone,
                ListedCluster = cluster,
            }
            : new HostedEndpoint(name, @namespace, addresses, ports, ordinal, ready, serving, terminating, host)
            {
                ListedUid = uid,
                ListedNode = node,
                ListedZone = zone,
                ListedCluster = cluster,
            };

    /// <summary>Finds a port by its name.</summary>
    /// <returns>The port, or null when the pod has none of that name.</returns>
    public abstract EndpointPort? FindPort(string name);

    /// <summary>True when everything that its source states, and its cordon, are the same.</summary>
    public bool ContentEquals(PodEndpoint? other) => ReferenceEquals(this, other)
        || (other is not null && ((_conditions ^ other._conditions) & ~Conditions.LastResort) == Conditions.None && SameParts(other));

    /// <summary>The endpoint for people: <c>service-b-2 10.88.0.10:3002 Ready</c>.</summary>
    public override string ToString() => $"{Name} {Authority} {State}";

    /// <summary>
    /// True when both are one pod: the same cluster, name and UID. Where a source states no UID, the same cluster, name and address.
    /// </summary>
    internal bool IsSameProcess(PodEndpoint other) => ReferenceEquals(this, other)
        || (PodNames.AreEqual(this, other) && string.Equals(Cluster, other.Cluster, StringComparison.Ordinal)
            && (Uid is null || other.Uid is null
            ? Address.Equals(other.Address)
            : string.Equals(Uid, other.Uid, StringComparison.Ordinal)));

    /// <summary>Adds the ports that the pod claims on its addresses.</summary>
    internal virtual void AddClaims(ClaimKeys claims)
    {
        // With indexes: an enumerator of an interface is an object, and a search visits 100,000 pods.
        IReadOnlyList<IPAddress> addresses = Addresses;
        IReadOnlyList<EndpointPort> ports = Ports;
        for (int i = 0; i < addresses.Count; i++)
        {
            for (int port = 0; port < ports.Count; port++)
                claims.Add(Cluster, addresses[i], ports[port].Number, ports[port].Protocol);
        }
    }

    /// <summary>True when everything except the conditions is the same.</summary>
    private protected virtual bool SameParts(PodEndpoint other) =>
        Ordinal == other.Ordinal
        && PodNames.AreEqual(this, other)
        && string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
        && string.Equals(Uid, other.Uid, StringComparison.Ordinal)
        && string.Equals(Node, other.Node, StringComparison.Ordinal)
        && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
        && string.Equals(Host, other.Host, StringComparison.Ordinal)
        && string.Equals(Cluster, other.Cluster, StringComparison.Ordinal)
        && Addresses.SequenceEqual(other.Addresses)
        && Ports.SequenceEqual(other.Ports);

    private bool Has(Conditions condition) => (_conditions & condition) != Conditions.None;
}
