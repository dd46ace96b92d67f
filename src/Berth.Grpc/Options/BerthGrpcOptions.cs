using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Berth.Checks;

namespace Berth.Grpc;

/// <summary>The options of channels to <c>berth:///</c> addresses. Every value has a default, but a target needs a port scheme.</summary>
public sealed class BerthGrpcOptions
{
    private const int MaxSubsetSize = 100_000;

    /// <summary>The port scheme of targets that <see cref="TargetPorts"/> does not name. Default: null, for none.</summary>
    public PortScheme? Ports { get; init; }

    /// <summary>The port schemes of particular targets. Default: none.</summary>
    public IReadOnlyDictionary<ServiceTarget, PortScheme> TargetPorts { get; init; } =
        ReadOnlyDictionary<ServiceTarget, PortScheme>.Empty;

    /// <summary>The name of the pod's port to connect to. Default: null, for the main port.</summary>
    public string? PortName { get; init; }

    /// <summary>
    /// The number of pods that a channel keeps connections to, for calls that name no pod. Default 100; 1 to 100,000. Of a larger set each
    /// channel uses its own subset, chosen by <see cref="ClientName"/>; a pod that joins or leaves changes at most one pod of it. Pods
    /// outside the subset are connected to by calls that name them.
    /// </summary>
    public int SubsetSize { get; init; } = 100;

    /// <summary>
    /// The name that chooses the subset, such as this program's own pod name. Clients with one name use the same pods, after a restart too.
    /// Default: null, for a random name for each channel; not empty.
    /// </summary>
    public string? ClientName { get; init; }

    /// <summary>
    /// Returns the host name of a pod's calls: their <c>:authority</c>, and with TLS the name that the pod's certificate must have. Null
    /// stands for the pod's address and port. Default: the name in the channel's address, such as <c>service-b.k8s-example2</c>.
    /// </summary>
    public Func<ServiceTarget, PodEndpoint, string?>? HostName { get; init; }

    /// <summary>The source of randomness, safe for several threads. Default: the runtime's.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default; tests give their own.")]
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(TargetPorts, nameof(TargetPorts));
        faults.CheckGiven(Random, nameof(Random));
        faults.CheckRange(SubsetSize, 1, MaxSubsetSize, nameof(SubsetSize));
        faults.Check(PortName is not "", "PortName is empty. Give a port's name, or null for the main port.");
        faults.Check(ClientName is not "", "ClientName is empty. Give a name, or null for a random one.");
        faults.Check(
            Ports is not null || TargetPorts is not { Count: 0 },
            "There are no ports. Give Ports, such as PortScheme.PerOrdinal(3000), or TargetPorts.");
        return faults.Found;
    }

    internal PortScheme? FindPorts(ServiceTarget target) => TargetPorts.TryGetValue(target, out PortScheme? ports) ? ports : Ports;
}
