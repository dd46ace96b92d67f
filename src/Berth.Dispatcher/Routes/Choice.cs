using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Routes;

/// <summary>Chooses one endpoint for a request.</summary>
internal static class Choice
{
    private static readonly StickyPicker s_sticky = new();

    /// <summary>By the server's picker. Only a sticky picker reads <c>?key=</c>.</summary>
    public static PodEndpoint? ByPicker(IEndpointPicker picker, EndpointSnapshot snapshot, string query)
    {
        if (picker is not StickyPicker)
            return picker.Pick(snapshot);
        // An empty key would send everybody who gives none to one and the same pod.
        return Query.Find(query, "key") is { Length: > 0 } key ? picker.Pick(snapshot, key) : RandomPicker.Shared.Pick(snapshot);
    }

    /// <summary>The endpoint that a key belongs to, whatever the server's picker.</summary>
    public static PodEndpoint? ByKey(EndpointSnapshot snapshot, string key) => s_sticky.Pick(snapshot, key);
}
