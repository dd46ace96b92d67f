using Berth.Dispatcher.Http;
using Berth.Dispatcher.State;

namespace Berth.Dispatcher.Routes;

/// <summary>Chooses one endpoint for a request.</summary>
internal static class Choice
{
    /// <summary>The picker for requests with a key. It replaces the server's picker.</summary>
    public static StickyPicker Sticky { get; } = new();

    /// <summary>The value of <c>?pick=</c> that asks for a pod with free seats.</summary>
    public const string BySeats = "seats";

    /// <summary>
    /// Returns the picker for a request: the picker by seats if the target has seats and the request or the server asks for it, otherwise
    /// the server's.
    /// </summary>
    public static IEndpointPicker PickerOf(DispatcherState state, ServedTarget target, string query) =>
        target.Seats is { } seats && (seats.IsUsualPicker || (query.Length > 0 && Query.Find(query, "pick") == BySeats))
            ? seats.Picker
            : state.Picker;

    /// <summary>
    /// Picks with a picker. Returns null when no endpoint qualifies. Only the pickers by key and by seats read <c>?key=</c>.
    /// </summary>
    public static PodEndpoint? ByPicker(IEndpointPicker picker, EndpointSnapshot snapshot, string query)
    {
        PodEndpoint? found;
        if (picker is not (StickyPicker or FreeSeatPicker))
            return picker.TryPick(snapshot, out found) ? found : null;
        // An empty key would send all clients without a key to the same pod.
        if (Query.Find(query, "key") is { Length: > 0 } key)
            return picker.TryPick(snapshot, key, out found) ? found : null;
        IEndpointPicker other = picker is FreeSeatPicker ? picker : RandomPicker.Shared;
        return other.TryPick(snapshot, out found) ? found : null;
    }

    /// <summary>Returns the endpoint for a key, without the server's picker, or null when none is available.</summary>
    public static PodEndpoint? ByKey(EndpointSnapshot snapshot, string key) =>
        Sticky.TryPick(snapshot, key, out PodEndpoint? found) ? found : null;
}
