using Berth.Dispatcher.Json;
using Berth.Dispatcher.Metrics;

namespace Berth.Dispatcher.State;

/// <summary>One target as it is served: its view, what was picked from it, and its JSON while that is current.</summary>
internal sealed class ServedTarget(EndpointView view)
{
    private int _watchers;

    public EndpointView View { get; } = view;

    public StripedCounter Picks { get; } = new();

    public EndpointsPage Page { get; } = new();

    public TargetClashes Clashes { get; } = new(view.Target);

    public string Name { get; } = view.Target.ToString();

    /// <summary>The number of watching clients.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    public void AddWatcher(int difference) => Interlocked.Add(ref _watchers, difference);
}
