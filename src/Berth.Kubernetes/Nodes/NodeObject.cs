using System.Net;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Nodes;

/// <summary>A Node trimmed to what discovery uses.</summary>
internal sealed class NodeObject : IResource
{
    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string ResourceVersion { get; init; }

    /// <summary>Its addresses of type ExternalIP, in their order; empty when it has no valid one.</summary>
    public required IPAddress[] External { get; init; }

    /// <summary>Its first address of type ExternalDNS, or null; read only where it is asked for.</summary>
    public string? ExternalDns { get; init; }

    /// <summary>The values of the labels and annotations that are asked for, in the order of the sources.</summary>
    public NamedAddresses[] Marks { get; init; } = [];

    /// <summary>Its addresses of type InternalIP, in the order stated. Pods on the host network have one of them.</summary>
    public IPAddress[] Internal { get; init; } = [];

    /// <summary>True when its condition Ready is True.</summary>
    public bool IsReady { get; init; }
}
