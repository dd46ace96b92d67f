namespace Berth;

/// <summary>Where endpoints come from: a Kubernetes API, DNS, a file, another dispatcher.</summary>
public interface IEndpointSource
{
    /// <summary>Opens a stream of one target's snapshots. Nothing is asked of anybody until it is read.</summary>
    IEndpointStream Open(ServiceTarget target, PortScheme ports);
}
