using System.Diagnostics.Metrics;
using Berth.Checks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes;

/// <summary>The options of a <see cref="KubernetesEndpointSource"/>. Every value has a default.</summary>
public sealed class KubernetesEndpointSourceOptions
{
    /// <summary>The kind of address of a pod. Default: <see cref="AddressMode.Internal"/>, which does not need to read nodes.</summary>
    public AddressMode AddressMode { get; init; } = AddressMode.Internal;

    /// <summary>The IP families of a pod's addresses, and their order. Default: <see cref="AddressFamilies.IPv4ThenIPv6"/>.</summary>
    public AddressFamilies AddressFamilies { get; init; } = AddressFamilies.IPv4ThenIPv6;

    /// <summary>
    /// The name of the StatefulSet whose pods a target is to have, or null to find it: a Service's slices hold every pod that its selector
    /// matches. Default: null for every target. Then the set with the Service's own name counts, else, of those with at least two
    /// thirds as many pods as the largest, the first by name. Pods of other sets are left out, with <see cref="LeftOutReason.OtherSet"/>.
    /// Under a scheme of fixed ports pods of any name are followed.
    /// </summary>
    public Func<ServiceTarget, string?> StatefulSetName { get; init; } = static _ => null;

    /// <summary>
    /// True to ask the API server to stream lists (KEP-3157, on by default from Kubernetes 1.34). Default: false; pages of 500 work with
    /// every version and cost little for one Service. A server that refuses is asked only once.
    /// </summary>
    public bool StreamingLists { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter, used only while a target is opened. Default: null, for one shared by the process.</summary>
    public Random? Random { get; init; }

    /// <summary>Creates the logger <c>Berth.Kubernetes</c>, which reports changes of state. Default: logs nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// The meter of <c>berth.api.requests</c> and <c>berth.watch.restarts</c>. Default: null, which creates a meter named
    /// <c>Berth.Kubernetes</c>.
    /// </summary>
    public Meter? Meter { get; init; }

    internal ILogger Logger => LoggerFactory.CreateLogger("Berth.Kubernetes");

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckDefined(AddressMode, nameof(AddressMode));
        faults.CheckDefined(AddressFamilies, nameof(AddressFamilies));
        faults.CheckGiven(StatefulSetName, nameof(StatefulSetName));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }
}
