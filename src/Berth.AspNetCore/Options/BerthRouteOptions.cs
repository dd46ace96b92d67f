using Berth.Dispatcher;

namespace Berth.AspNetCore;

/// <summary>The options of <see cref="BerthRoutes.MapBerth"/>.</summary>
public sealed class BerthRouteOptions
{
    /// <summary>The Services to answer for, at least one, each once. The route of the prefix itself answers for the first.</summary>
    public IReadOnlyList<DispatcherTarget> Targets { get; init; } = [];

    /// <summary>
    /// Chooses the endpoint that the prefix itself answers with. Default: random. A sticky picker reads <c>?key=</c>; without a key it
    /// picks any.
    /// </summary>
    public IEndpointPicker Picker { get; init; } = RandomPicker.Shared;

    /// <inheritdoc cref="DispatcherOptions.PingTarget"/>
    public ServiceTarget? PingTarget { get; init; }

    /// <summary>The source of endpoints. Default: null, for the <see cref="EndpointDirectory"/> of the program's services.</summary>
    public EndpointDirectory? Directory { get; init; }

    /// <summary>The clock. Default: null, for the program's <see cref="System.TimeProvider"/>, else the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <inheritdoc cref="DispatcherOptions.RunId"/>
    public string? RunId { get; init; }

    /// <inheritdoc cref="DispatcherOptions.FindDispatchers"/>
    public Func<ServiceTarget, IReadOnlyList<string>> FindDispatchers { get; init; } = static _ => [];

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults() => ToDispatcher().FindFaults();

    internal DispatcherOptions ToDispatcher() =>
        new() { Targets = Targets, PingTarget = PingTarget, Picker = Picker, RunId = RunId, FindDispatchers = FindDispatchers };
}
