using System.Collections.ObjectModel;
using Berth.Checks;

namespace Berth.Yarp;

/// <summary>The options of destinations that are pods. Every value has a default.</summary>
public sealed class BerthYarpOptions
{
    private static readonly TimeSpan s_maxInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The port schemes of targets whose destinations do not state <see cref="BerthDestination.BasePort"/>. Default: none.
    /// </summary>
    public IReadOnlyDictionary<ServiceTarget, PortScheme> TargetPorts { get; init; } =
        ReadOnlyDictionary<ServiceTarget, PortScheme>.Empty;

    /// <summary>
    /// The minimum time between two reports of changes to the proxy. The first change is reported at once; those that follow within this
    /// time are reported together at its end. Default 100 ms; above 0 and up to 1 minute.
    /// </summary>
    public TimeSpan MinChangeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The time after which a WebSocket without traffic is closed, in clusters with the affinity policy
    /// <see cref="BerthPodAffinity.Name"/>. It replaces <c>HttpRequest.ActivityTimeout</c> of the cluster, which is 100 s by default, for
    /// WebSockets only. Default 1 hour; above 0 and up to 24 days, or <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan WebSocketIdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(TargetPorts, nameof(TargetPorts));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckAboveZero(MinChangeInterval, s_maxInterval, nameof(MinChangeInterval));
        if (WebSocketIdleTimeout != Timeout.InfiniteTimeSpan)
            faults.CheckAboveZero(WebSocketIdleTimeout, TimerLimit.Max, nameof(WebSocketIdleTimeout));
        return faults.Found;
    }
}
