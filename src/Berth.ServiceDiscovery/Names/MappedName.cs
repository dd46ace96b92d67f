namespace Berth.ServiceDiscovery.Names;

/// <summary>The target that a name is mapped to.</summary>
internal sealed record MappedName(ServiceTarget Target, PortScheme Ports);
