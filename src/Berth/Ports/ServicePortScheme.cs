using System.Diagnostics.CodeAnalysis;

namespace Berth.Ports;

/// <summary>The Service's own ports as bases: all of them, or one by name.</summary>
internal sealed class ServicePortScheme(string? portName, int stride) : PortScheme
{
    public override bool NeedsOrdinal => true;

    public override bool NeedsServicePorts => true;

    public override bool TryResolve(
        int? ordinal, IReadOnlyList<EndpointPort> servicePorts, out IReadOnlyList<EndpointPort> ports,
        [NotNullWhen(false)] out string? reason)
    {
        EndpointPort[] bases = Bases(servicePorts);
        if (bases.Length > 0)
            return new PortRule(bases, stride).TryResolve(ordinal, out ports, out reason);
        ports = [];
        reason = portName is null
            ? "no port of the Service is stated for it, to take as a base"
            : $"no port named '{portName}' is stated for it, to take as a base";
        return false;
    }

    internal override PortRule? RuleFor(IReadOnlyList<EndpointPort> servicePorts)
    {
        EndpointPort[] bases = Bases(servicePorts);
        return bases.Length == 0 || Array.Exists(bases, static b => b.Number is < PortRange.Min or > PortRange.Max)
            ? null
            : new PortRule(bases, stride);
    }

    public override bool Equals(PortScheme? other) =>
        other is ServicePortScheme scheme && scheme.Stride == stride && scheme.PortName == portName;

    public override int GetHashCode() => HashCode.Combine(portName, stride);

    public override string ToString() => $"{(portName is null ? "the Service's ports" : $"the Service's port '{portName}'")} + ordinal" +
        (stride == 1 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" x {stride}"));

    private EndpointPort[] Bases(IReadOnlyList<EndpointPort> servicePorts) =>
        [.. servicePorts.Where(port => portName is null || port.Name == portName)];

    private int Stride => stride;

    private string? PortName => portName;
}
