using Berth.Grpc.Addresses;
using Berth.Pods;

namespace Berth.Grpc.Resolving;

/// <summary>The parts of a channel that do not change while it is open: its address, its port scheme and its options.</summary>
/// <param name="Address">The address.</param>
/// <param name="Ports">The port scheme of the target.</param>
/// <param name="Options">The options.</param>
internal sealed record Channel(ChannelAddress Address, PortScheme Ports, BerthGrpcOptions Options)
{
    /// <summary>The client's part of the choice of a subset.</summary>
    public ulong ClientHash { get; } =
        Options.ClientName is { } name ? KeyHash.Of(name) : KeyHash.Mix((ulong)Options.Random.NextInt64());

    /// <summary>Creates the channel of an address.</summary>
    /// <exception cref="ArgumentException">The address is not valid or its target has no port scheme; the message says why.</exception>
    public static Channel Of(Uri address, BerthGrpcOptions options)
    {
        if (!ChannelAddress.TryParse(address, out ChannelAddress? parsed, out string? fault))
            throw new ArgumentException(fault, nameof(address));
        PortScheme ports = options.FindPorts(parsed.Target) ?? throw new ArgumentException(
            $"The target {parsed.Target} has no port scheme. Give Ports in BerthGrpcOptions, or an entry for it in TargetPorts.",
            nameof(address));
        return new Channel(parsed, ports, options);
    }

    /// <summary>Returns the port of a pod that this channel connects to, or null when the pod does not have it.</summary>
    public int? FindPort(PodEndpoint pod) => Options.PortName is { } name ? pod.FindPort(name)?.Number : pod.Port;

    /// <summary>Returns the host name of a pod's calls, or null for its address and port.</summary>
    public string? HostNameOf(PodEndpoint pod) =>
        Options.HostName is { } hostName ? hostName(Address.Target, pod) : Address.Name;
}
