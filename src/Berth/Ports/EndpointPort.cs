namespace Berth;

/// <summary>One port of a pod, or of a Service: a name, a number and a protocol.</summary>
/// <param name="Name">The port's name; empty when it has none, as Kubernetes allows for a single port.</param>
/// <param name="Number">The port, 1 to 65535.</param>
/// <param name="Protocol">The protocol as Kubernetes writes it: <c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
public readonly record struct EndpointPort(string Name, int Number, string Protocol = "TCP")
{
    /// <summary>Returns the port as <c>name:number/protocol</c>, without the name if it has none.</summary>
    public override string ToString() => string.IsNullOrEmpty(Name) ? $"{Number}/{Protocol}" : $"{Name}:{Number}/{Protocol}";
}
