using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.ServiceDiscovery.Providers;

/// <summary>Makes the endpoints of Microsoft.Extensions.ServiceDiscovery from pods.</summary>
internal sealed class PodServiceEndpoints(Func<PodEndpoint, string>? hostName)
{
    /// <summary>Makes the list of a choice.</summary>
    /// <exception cref="NoEndpointException">No pod of the choice is available, or none has the port.</exception>
    public ServiceEndpoint[] Make(EndpointSnapshot snapshot, EndpointChoice choice)
    {
        List<ServiceEndpoint> made = [];
        IReadOnlyList<PodEndpoint> pods = choice.PodsOf(snapshot);
        foreach (PodEndpoint pod in pods)
        {
            if (choice.FindPort(pod) is { } port)
                made.Add(Make(pod, port, choice.Scheme));
        }

        return made.Count > 0 ? [.. made] : throw NoEndpointException.ForPort(pods[0], choice.PortName!);
    }

    private ServiceEndpoint Make(PodEndpoint pod, int port, string? scheme)
    {
        FeatureCollection features = new();
        features.Set<IPodEndpointFeature>(new PodEndpointFeature(pod));
        if (hostName is not null)
            features.Set<IHostNameFeature>(new HostNameFeature(hostName(pod)));
        IPEndPoint address = new(pod.Address, port);
        return ServiceEndpoint.Create(scheme is null ? address : new UriEndPoint(new Uri($"{scheme}://{address}")), features);
    }

    private sealed record PodEndpointFeature(PodEndpoint Pod) : IPodEndpointFeature;

    private sealed record HostNameFeature(string HostName) : IHostNameFeature;
}
