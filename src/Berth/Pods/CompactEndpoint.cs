using System.Net;
using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// An endpoint that takes few bytes: one pod with one address, stated completely by one object of its source. All pods of a node share one
/// <see cref="PodScope"/>, all pods of a set one <see cref="PodNamePrefix"/>. A source derives its own type, which tells the origin of the
/// endpoint.
/// </summary>
internal abstract class CompactEndpoint : PodEndpoint
{
    private readonly PodNamePrefix _prefix;
    private readonly IPAddress _address;
    private readonly Guid _uid;
    private PodScope _scope;
    private bool _hasRule;

    private protected CompactEndpoint(
        PodName name, PodScope scope, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating)
        : base(name.Prefix is null ? PodName.NoNumber : name.Number, ready, serving, terminating)
    {
        _prefix = name.Prefix ?? new PodNamePrefix(name.Text!);
        _scope = uid.Text is null ? scope : scope with { Uid = uid.Text };
        _uid = uid.Value;
        _address = address;
    }

    public override string Name => Number == PodName.NoNumber ? _prefix.Text : Texts.Name ??= _prefix.With(Number);

    public override string Namespace => _scope.Namespace;

    public override string? Uid => UidValue.ToString();

    public override int? Ordinal => _hasRule && _scope.Rule is { NeedsOrdinal: true } ? Number : null;

    public override IReadOnlyList<IPAddress> Addresses => [_address];

    public override IReadOnlyList<EndpointPort> Ports => Rule is { } rule ? rule.All(Number) : [];

    public override string? Node => _scope.Node;

    public override string? Zone => _scope.Zone;

    public override string? Host => _scope.Host?.Expand(Name, Namespace, Node, Zone);

    public override string? Cluster => _scope.Cluster;

    public override IPAddress Address => _address;

    public override int Port => Rule?.MainPort(Number) ?? 0;

    /// <summary>The rule of its ports, or null before <see cref="TrySetRule"/>.</summary>
    public PortRule? Rule => _hasRule ? _scope.Rule : null;

    /// <summary>The number of its ports: 0 before <see cref="TrySetRule"/>.</summary>
    public int PortCount => Rule?.Count ?? 0;

    public PodScope Scope => _scope;

    /// <summary>The UID as it is kept.</summary>
    public PodUid UidValue => new(_uid, _scope.Uid);

    internal override PodName Key => Number == PodName.NoNumber ? new PodName(_prefix.Text) : new PodName(_prefix, Number);

    internal override ulong NameHash => Number == PodName.NoNumber ? KeyHash.Of(_prefix.Text) : KeyHash.End(_prefix.HashState, Number);

    /// <summary>One of its ports, without the list of all.</summary>
    /// <param name="index">From 0 to <see cref="PortCount"/> - 1.</param>
    public EndpointPort PortAt(int index) => _scope.Rule!.At(index, Number);

    public override EndpointPort? FindPort(string name) =>
        Rule is { } rule && rule.TryFind(name, Number, out EndpointPort? found) ? found : null;

    // A search visits 100,000 of these, so it creates no lists.
    internal override void AddClaims(ClaimKeys claims) => Rule?.AddClaims(claims, Cluster, _address, Number);

    /// <summary>
    /// Sets the rule of the ports, when a target takes the pod. It is set once, before a snapshot has the endpoint, and never changes after
    /// that.
    /// </summary>
    /// <returns>False when the endpoint already has another rule, or when this rule gives it no port. It then stays unchanged.</returns>
    protected bool TrySetRule(PortRule rule)
    {
        if (_hasRule)
            return _scope.Rule!.IsSameAs(rule);
        if (rule.NeedsOrdinal && (Number == PodName.NoNumber || Number > rule.MaxOrdinal))
            return false;
        _scope = _scope.With(rule);
        _hasRule = true;
        return true;
    }

    private protected override bool SameParts(PodEndpoint other) => other is CompactEndpoint compact
        ? StatesSame(compact) && _hasRule == compact._hasRule && SamePorts(compact)
        : base.SameParts(other);

    /// <summary>True when both state the same name, UID, address, node and zone.</summary>
    private protected bool StatesSame(CompactEndpoint other) =>
        _uid == other._uid && _scope.IsSameAs(other._scope) && PodNames.AreEqual(this, other) && _address.Equals(other._address);

    private bool SamePorts(CompactEndpoint other) =>
        Rule is not { } rule || (other.Rule is { } theirs && (rule.IsSameAs(theirs) || Ports.SequenceEqual(other.Ports)));
}
