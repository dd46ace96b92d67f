using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Routes;

/// <summary>Chooses one endpoint for a request.</summary>
internal static class Choice
{
    /// <summary>The picker of a request that gives a key.</summary>
    public static StickyPicker Sticky { get; } = new();

    /// <summary>By the server's picker; null when no endpoint qualifies. Only a sticky picker reads <c>?key=</c>.</summary>
    public static PodEndpoint? ByPicker(IEndpointPicker picker, EndpointSnapshot snapshot, string query)
    {
        PodEndpoint? found;
        if (picker is not StickyPicker)
            return picker.TryPick(snapshot, out found) ? found : null;
        // An empty key would send everyone who gives none to one and the same pod.
        if (Query.Find(query, "key") is { Length: > 0 } key)
            return picker.TryPick(snapshot, key, out found) ? found : null;
        return snapshot.TryPickRandom(out found) ? found : null;
    }

    /// <summary>The endpoint that a key belongs to, whatever the server's picker; null when none is available.</summary>
    public static PodEndpoint? ByKey(EndpointSnapshot snapshot, string key) =>
        Sticky.TryPick(snapshot, key, out PodEndpoint? found) ? found : null;
}
