using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Addresses;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// One endpoint of one slice: what a single slice says of a pod. It is written into the very object that readers of a snapshot see once the
/// pod can be dialled, so that of 100,000 pods each is there once. Everything but <see cref="Slice"/> never changes.
/// </summary>
internal readonly struct SliceEndpoint(PodEndpoint pod) : IEquatable<SliceEndpoint>
{
    /// <summary>Where it is written.</summary>
    public PodEndpoint Pod => pod;

    /// <summary>The pod's name by the rule of names, or null when it has none.</summary>
    public string? PodName => HasName ? Key : null;

    /// <summary>True when it has one.</summary>
    public bool HasName => Oddity is null or { HasName: true };

    /// <summary>The pod's UID, where the slice states it.</summary>
    public PodUid Uid => pod.UidValue;

    /// <summary>The node's name, or null.</summary>
    public string? Node => pod.Node;

    /// <summary>The zone, or null.</summary>
    public string? Zone => pod.Zone;

    /// <summary>conditions.ready; unset counts as true.</summary>
    public bool Ready => pod.Ready;

    /// <summary>conditions.serving; unset counts as true.</summary>
    public bool Serving => pod.Serving;

    /// <summary>conditions.terminating; unset counts as false.</summary>
    public bool Terminating => pod.Terminating;

    /// <summary>The address, or null when there is <see cref="Fault"/> or it is not an IP address.</summary>
    public IPAddress? Address => pod.RawAddresses as IPAddress ?? Oddity?.Address;

    /// <summary>Why this endpoint has no address that can be dialled, or null.</summary>
    public EndpointFault? Fault => Oddity?.Fault;

    /// <summary>The slice that states it now. Set by the table when a newer state of the slice says the same.</summary>
    public SliceObject Slice => (SliceObject)pod.Origin!;

    /// <summary>What tells it from other endpoints of the target: the pod's name, else the address. A new string each time.</summary>
    public string Key => pod.Key.ToString()!;

    /// <summary>The family of the address, or unspecified without one.</summary>
    public AddressFamily Family => Address?.AddressFamily ?? AddressFamily.Unspecified;

    private SliceOddity? Oddity => pod.RawAddresses as SliceOddity;

    /// <summary>
    /// Sets the slice; null when no slice states it any more, so that a reader of the endpoint does not keep the slice alive.
    /// </summary>
    public void SetSlice(SliceObject? slice) => pod.Origin = slice;

    /// <summary>True when both say the same of a pod.</summary>
    public bool ContentEquals(SliceEndpoint other) =>
        Ready == other.Ready && Serving == other.Serving && Terminating == other.Terminating
        && PodNames.AreEqual(pod, other.Pod)
        && Uid == other.Uid
        && pod.Place.IsSameAs(other.Pod.Place)
        && Equals(pod.RawAddresses, other.Pod.RawAddresses);

    /// <summary>True for the very same statement.</summary>
    public bool Equals(SliceEndpoint other) => ReferenceEquals(pod, other.Pod);

    public override bool Equals(object? obj) => obj is SliceEndpoint other && Equals(other);

    public override int GetHashCode() => pod.GetHashCode();
}
