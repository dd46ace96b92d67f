namespace Berth.Dispatcher;

/// <summary>One target as it is served: its view, what was picked from it, and its JSON while that is current.</summary>
internal sealed class ServedTarget(EndpointView view)
{
    public EndpointView View { get; } = view;

    public StripedCounter Picks { get; } = new();

    public EndpointsPage Page { get; } = new();

    public string Name { get; } = view.Target.ToString();
}
