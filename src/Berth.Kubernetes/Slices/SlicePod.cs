using System.Net;
using Berth.Kubernetes.Addresses;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// A pod that one slice states with a name and an address to dial. A pod that no other slice states is this object for readers of a
/// snapshot too, so that of 100,000 pods each is there once.
/// </summary>
internal sealed class SlicePod : CompactEndpoint, ISliceEndpoint
{
    public SlicePod(PodName name, PodScope scope, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating)
        : base(name, scope, uid, address, ready, serving, terminating)
    {
    }

    /// <inheritdoc/>
    public SliceObject? Slice { get; set; }

    /// <inheritdoc/>
    public bool HasName => true;

    /// <inheritdoc/>
    public EndpointFault? Fault => null;

    PodName ISliceEndpoint.Key => Key;

    /// <summary>Completes the endpoint for the target that takes it: from then on snapshots may have it.</summary>
    /// <returns>False when it follows another rule already, or has no port by this one.</returns>
    public bool TryTake(PortRule rule) => TrySetRule(rule);

    /// <inheritdoc/>
    public bool ContentEquals(ISliceEndpoint other) =>
        other is SlicePod pod && Ready == pod.Ready && Serving == pod.Serving && Terminating == pod.Terminating && StatesSame(pod);
}
