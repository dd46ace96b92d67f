using System.Net;
using Berth.Kubernetes.Addresses;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// A pod that one slice states with a name and an address. If no other slice states the pod, snapshots contain this very object, so that
/// each of 100,000 pods exists once.
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

    /// <summary>Completes the endpoint for a target. After that, snapshots may contain it.</summary>
    /// <returns>False when it already has another rule, or when this rule gives it no port.</returns>
    public bool TryTake(PortRule rule) => TrySetRule(rule);

    /// <inheritdoc/>
    public bool ContentEquals(ISliceEndpoint other) =>
        other is SlicePod pod && Ready == pod.Ready && Serving == pod.Serving && Terminating == pod.Terminating && StatesSame(pod);
}
