namespace Berth;

/// <summary>A source of endpoints: a Kubernetes API, DNS, a file, another dispatcher.</summary>
public interface IEndpointSource
{
    /// <summary>Opens a stream of one target's snapshots. It sends no request until it is read.</summary>
    IEndpointStream Open(ServiceTarget target, PortScheme ports);
}
