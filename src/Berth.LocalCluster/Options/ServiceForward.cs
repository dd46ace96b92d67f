namespace Berth.LocalCluster;

/// <summary>A port of this machine (127.0.0.1) that is forwarded to a Service, besides its node port.</summary>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Service">The Service's name. The Service may be created later.</param>
/// <param name="ServicePort">The port of the Service.</param>
/// <param name="LocalPort">The port to listen on, 1 to 65535.</param>
public sealed record ServiceForward(string Namespace, string Service, int ServicePort, int LocalPort);
