using Berth.Yarp.Destinations;
using Yarp.ReverseProxy.Configuration;

namespace Berth.Yarp.Resolving;

/// <summary>The pods of a destination of the configuration, each as its own destination. Kept until the pods are others.</summary>
internal sealed class ResolvedDestination
{
    private ResolvedDestination(IReadOnlyList<PodEndpoint> pods, List<KeyValuePair<string, DestinationConfig>> destinations)
    {
        Pods = pods;
        Destinations = destinations;
    }

    public IReadOnlyList<PodEndpoint> Pods { get; }

    /// <summary>The destinations by the names of their pods.</summary>
    public List<KeyValuePair<string, DestinationConfig>> Destinations { get; }

    public static ResolvedDestination Of(DestinationTemplate template, IReadOnlyList<PodEndpoint> pods)
    {
        List<KeyValuePair<string, DestinationConfig>> destinations = new(pods.Count);
        foreach (PodEndpoint pod in pods)
        {
            if (template.TryCreate(pod) is { } destination)
                destinations.Add(new KeyValuePair<string, DestinationConfig>(pod.Name, destination));
        }

        return new ResolvedDestination(pods, destinations);
    }
}
