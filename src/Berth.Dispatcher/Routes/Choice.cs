using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Routes;

/// <summary>Chooses one endpoint for a request.</summary>
internal static class Choice
{
    /// <summary>The picker for requests with a key, whatever the server's picker.</summary>
    public static StickyPicker Sticky { get; } = new();

    /// <summary>Picks with the server's picker. Returns null when no endpoint qualifies. Only a sticky picker reads <c>?key=</c>.</summary>
    public static PodEndpoint? ByPicker(IEndpointPicker picker, EndpointSnapshot snapshot, string query)
    {
        PodEndpoint? found;
        if (picker is not StickyPicker)
            return picker.TryPick(snapshot, out found) ? found : null;
        // An empty key would send all clients without a key to the same pod.
        if (Query.Find(query, "key") is { Length: > 0 } key)
            return picker.TryPick(snapshot, key, out found) ? found : null;
        return snapshot.TryPickRandom(out found) ? found : null;
    }

    /// <summary>Returns the endpoint for a key, whatever the server's picker, or null when none is available.</summary>
    public static PodEndpoint? ByKey(EndpointSnapshot snapshot, string key) =>
        Sticky.TryPick(snapshot, key, out PodEndpoint? found) ? found : null;
}
