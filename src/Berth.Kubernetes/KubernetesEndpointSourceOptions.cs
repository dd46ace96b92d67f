using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes;

/// <summary>What a <see cref="KubernetesEndpointSource"/> needs from outside. Every value has a default.</summary>
public sealed class KubernetesEndpointSourceOptions
{
    /// <summary>Which address of a pod is given. Default: <see cref="AddressMode.Internal"/>, which needs no reading of nodes.</summary>
    public AddressMode AddressMode { get; init; } = AddressMode.Internal;

    /// <summary>The family that comes first where a pod has both. Default: IPv4. A pod that has only the other one is given with that.</summary>
    public IPFamily PreferredFamily { get; init; } = IPFamily.IPv4;

    /// <summary>
    /// Whether to ask the API server to stream lists (KEP-3157, on by default from Kubernetes 1.34). Default: false; pages of 500 work with every
    /// version and cost little for one Service. A server that refuses is asked only once.
    /// </summary>
    public bool StreamingLists { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter, used only while a target is opened. Default: one shared by the process.</summary>
    public Random? Random { get; init; }

    /// <summary>Where the source says what changes state. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where the source counts: <c>berth.api.requests</c> and <c>berth.watch.restarts</c>. Default: a meter of its own named <c>Berth.Kubernetes</c>.</summary>
    public Meter? Meter { get; init; }
}
