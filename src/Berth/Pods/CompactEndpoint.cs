using System.Net;
using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// An endpoint in as few bytes as it takes: one pod, stated whole by one object of its source, with one address. All pods of a node share
/// one <see cref="PodPlace"/>, all pods of a set one <see cref="PodNamePrefix"/>. A source derives its own type, which says where the
/// endpoint is from.
/// </summary>
internal abstract class CompactEndpoint : PodEndpoint
{
    private readonly PodNamePrefix _prefix;
    private readonly IPAddress _address;
    private readonly Guid _uid;
    private PodPlace _place;
    private bool _isPlanned;

    private protected CompactEndpoint(
        PodName name, PodPlace place, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating)
        : base(name.Prefix is null ? PodName.NoNumber : name.Number, ready, serving, terminating)
    {
        _prefix = name.Prefix ?? new PodNamePrefix(name.Text!);
        _place = uid.Text is null ? place : place with { Uid = uid.Text };
        _uid = uid.Value;
        _address = address;
    }

    public override string Name => Number == PodName.NoNumber ? _prefix.Text : Texts.Name ??= _prefix.With(Number);

    public override string Namespace => _place.Namespace;

    public override string? Uid => UidValue.ToString();

    public override int? Ordinal => _isPlanned && _place.Plan is { NeedsOrdinal: true } ? Number : null;

    public override IReadOnlyList<IPAddress> Addresses => [_address];

    public override IReadOnlyList<EndpointPort> Ports => Plan is { } plan ? plan.All(Number) : [];

    public override string? Node => _place.Node;

    public override string? Zone => _place.Zone;

    public override IPAddress Address => _address;

    public override int Port => Plan?.MainPort(Number) ?? 0;

    /// <summary>The plan of its ports, or null before <see cref="TrySetPlan"/>.</summary>
    public PortPlan? Plan => _isPlanned ? _place.Plan : null;

    public PodPlace Place => _place;

    /// <summary>The UID as it is kept.</summary>
    public PodUid UidValue => new(_uid, _place.Uid);

    internal override PodName Key => Number == PodName.NoNumber ? new PodName(_prefix.Text) : new PodName(_prefix, Number);

    internal override ulong NameHash => Number == PodName.NoNumber ? KeyHash.Of(_prefix.Text) : KeyHash.End(_prefix.HashState, Number);

    public override EndpointPort? FindPort(string name) =>
        Plan is { } plan && plan.TryFind(name, Number, out EndpointPort? found) ? found : null;

    /// <summary>
    /// Sets the plan of the ports: the one part that a source learns last, when a target takes the pod. It is set once, before a snapshot
    /// has the endpoint, and never changes again.
    /// </summary>
    /// <returns>False when the endpoint follows another plan already, or has no port by this one. Then it stays as it is.</returns>
    protected bool TrySetPlan(PortPlan plan)
    {
        if (_isPlanned)
            return _place.Plan!.IsSameAs(plan);
        if (plan.NeedsOrdinal && (Number == PodName.NoNumber || Number > plan.MaxOrdinal))
            return false;
        _place = _place.With(plan);
        _isPlanned = true;
        return true;
    }

    private protected override bool SameParts(PodEndpoint other) => other is CompactEndpoint compact
        ? StatesSame(compact) && _isPlanned == compact._isPlanned && SamePorts(compact)
        : base.SameParts(other);

    /// <summary>True when both state the same name, UID, address, node and zone.</summary>
    private protected bool StatesSame(CompactEndpoint other) =>
        _uid == other._uid && _place.IsSameAs(other._place) && PodNames.AreEqual(this, other) && _address.Equals(other._address);

    private bool SamePorts(CompactEndpoint other) =>
        Plan is not { } plan || (other.Plan is { } theirs && (plan.IsSameAs(theirs) || Ports.SequenceEqual(other.Ports)));
}
