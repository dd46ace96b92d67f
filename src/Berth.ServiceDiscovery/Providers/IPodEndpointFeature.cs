namespace Berth.ServiceDiscovery;

/// <summary>The feature of a <c>ServiceEndpoint</c> that says which pod it is.</summary>
public interface IPodEndpointFeature
{
    /// <summary>The pod, as it was when the list was made.</summary>
    PodEndpoint Pod { get; }
}
