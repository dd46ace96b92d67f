using System.Net;

namespace Berth.Pods;

/// <summary>An endpoint made of separate parts: from DNS, a file, a test, or several slices together.</summary>
internal class ListedEndpoint : PodEndpoint
{
    public ListedEndpoint(
        string name,
        string @namespace,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<EndpointPort> ports,
        int? ordinal,
        bool ready,
        bool serving,
        bool terminating)
        : base(ordinal ?? PodName.NoNumber, ready, serving, terminating)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(@namespace);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal ?? 0, nameof(ordinal));
        if (addresses.Count == 0)
            throw new ArgumentException($"The pod '{name}' has no address, so it cannot be dialled. Give at least one.", nameof(addresses));
        if (ports.Count == 0)
            throw new ArgumentException($"The pod '{name}' has no port, so it cannot be dialled. Give at least one.", nameof(ports));
        Name = name;
        Namespace = @namespace;
        Addresses = addresses;
        Ports = ports;
    }

    public override string Name { get; }

    public override string Namespace { get; }

    public override IReadOnlyList<IPAddress> Addresses { get; }

    public override IReadOnlyList<EndpointPort> Ports { get; }

    public string? ListedUid { get; init; }

    public string? ListedNode { get; init; }

    public string? ListedZone { get; init; }

    public string? ListedCluster { get; init; }

    public override int? Ordinal => Number == PodName.NoNumber ? null : Number;

    public override string? Uid => ListedUid;

    public override string? Node => ListedNode;

    public override string? Zone => ListedZone;

    public override string? Cluster => ListedCluster;

    public override IPAddress Address => Addresses[0];

    public override int Port => Ports[0].Number;

    internal override PodName Key => new(Name);

    internal override ulong NameHash => KeyHash.Of(Name);

    public override EndpointPort? FindPort(string name)
    {
        foreach (EndpointPort port in Ports)
        {
            if (string.Equals(port.Name, name, StringComparison.Ordinal))
                return port;
        }

        return null;
    }
}
