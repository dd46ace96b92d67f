namespace Berth.Dns;

/// <summary>A named port of a Service, and of its SRV records: <c>_game._tcp</c>.</summary>
/// <param name="Name">The port's name in the Service, such as <c>game</c>. Ports without a name have no SRV record.</param>
/// <param name="Protocol">The protocol as Kubernetes writes it: <c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
public readonly record struct DnsServicePort(string Name, string Protocol = "TCP")
{
    /// <summary>The labels in front of the Service's name, in lower case.</summary>
    internal string Labels => $"_{Name.ToLowerInvariant()}._{Protocol.ToLowerInvariant()}";

    /// <summary>The port as <c>name/protocol</c>.</summary>
    public override string ToString() => $"{Name}/{Protocol}";
}
