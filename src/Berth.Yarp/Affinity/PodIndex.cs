using System.Globalization;
using Berth.Pods;
using Yarp.ReverseProxy.Model;

namespace Berth.Yarp.Affinity;

/// <summary>The available destinations of a cluster by pod name, by ordinal and by key.</summary>
internal sealed class PodIndex
{
    private readonly Dictionary<string, Pod> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Pod> _byOrdinal = new(StringComparer.Ordinal);
    private readonly Pod[] _pods;

    public PodIndex(IReadOnlyList<DestinationState> destinations)
    {
        _pods = [.. destinations.Select(static destination => Pod.Of(destination)).OfType<Pod>()];
        foreach (Pod pod in _pods)
        {
            _byName.TryAdd(pod.Name, pod);
            if (pod.Ordinal is not null)
                _byOrdinal.TryAdd(pod.Ordinal, pod);
        }
    }

    /// <summary>Finds the destination that a request asks for, in a list of one; or null.</summary>
    public IReadOnlyList<DestinationState>? Find(RequestedPod requested) => requested.Kind == RequestedPodKind.Key
        ? FindByKey(requested.Value)
        : (_byName.GetValueOrDefault(requested.Value) ?? FindByOrdinal(requested.Value))?.Destinations;

    private Pod? FindByOrdinal(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
        ? _byOrdinal.GetValueOrDefault(ordinal.ToString(CultureInfo.InvariantCulture))
        : null;

    private IReadOnlyList<DestinationState>? FindByKey(string key)
    {
        ulong hash = KeyHash.Of(key);
        Pod? best = null;
        ulong bestScore = 0;
        foreach (Pod pod in _pods)
        {
            ulong score = KeyHash.Mix(hash ^ pod.Hash);
            // Equal scores go to the name that sorts first, as in StickyPicker.
            if (best is null || score > bestScore || (score == bestScore && string.CompareOrdinal(pod.Name, best.Name) < 0))
                (best, bestScore) = (pod, score);
        }

        return best?.Destinations;
    }

    private sealed record Pod(string Name, string? Ordinal, ulong Hash, IReadOnlyList<DestinationState> Destinations)
    {
        public static Pod? Of(DestinationState destination) =>
            destination.Model.Config.Metadata is { } metadata && metadata.TryGetValue(BerthDestination.Pod, out string? name)
                ? new Pod(name, metadata.GetValueOrDefault(BerthDestination.Ordinal), KeyHash.Of(name), [destination])
                : null;
    }
}
