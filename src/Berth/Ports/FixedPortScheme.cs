using System.Diagnostics.CodeAnalysis;

namespace Berth.Ports;

/// <summary>The same ports for every pod, for one pod per node.</summary>
internal sealed class FixedPortScheme(EndpointPort[] fixedPorts) : PortScheme
{
    private readonly PortRule _rule = new(fixedPorts, 0);

    public override bool NeedsOrdinal => false;

    public override bool TryResolve(
        int? ordinal, IReadOnlyList<EndpointPort> servicePorts, out IReadOnlyList<EndpointPort> ports,
        [NotNullWhen(false)] out string? reason)
    {
        // All pods share one array, which matters with 100,000 endpoints.
        ports = fixedPorts;
        reason = null;
        return true;
    }

    internal override PortRule RuleFor(IReadOnlyList<EndpointPort> servicePorts) => _rule;

    public override bool Equals(PortScheme? other) => other is FixedPortScheme scheme && scheme.Ports.AsSpan().SequenceEqual(fixedPorts);

    public override int GetHashCode() => HashCode.Combine(fixedPorts.Length, fixedPorts[0]);

    public override string ToString() => $"{string.Join(", ", fixedPorts)} on every pod";

    private EndpointPort[] Ports => fixedPorts;
}
