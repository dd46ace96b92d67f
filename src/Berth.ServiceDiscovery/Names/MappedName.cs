namespace Berth.ServiceDiscovery.Names;

/// <summary>What a name is mapped to.</summary>
internal sealed record MappedName(ServiceTarget Target, PortScheme Ports);
