using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Addresses;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>One endpoint of one slice: what a single slice states of a pod. Only <see cref="Slice"/> ever changes.</summary>
internal interface ISliceEndpoint
{
    /// <summary>
    /// The identity among the endpoints of the target: the pod's name by the rule of names, or the address without one.
    /// </summary>
    PodName Key { get; }

    /// <summary>True when <see cref="Key"/> is a pod's name.</summary>
    bool HasName { get; }

    /// <summary>The pod's UID, when the slice states it.</summary>
    PodUid UidValue { get; }

    /// <summary>The node's name, or null.</summary>
    string? Node { get; }

    /// <summary>The zone, or null.</summary>
    string? Zone { get; }

    /// <summary>The cluster's name, or null where only one is followed.</summary>
    string? Cluster { get; }

    /// <summary>conditions.ready; unset counts as true.</summary>
    bool Ready { get; }

    /// <summary>conditions.serving; unset counts as true.</summary>
    bool Serving { get; }

    /// <summary>conditions.terminating; unset counts as false.</summary>
    bool Terminating { get; }

    /// <summary>The address, or null when there is a <see cref="Fault"/>.</summary>
    IPAddress? Address { get; }

    /// <summary>Why this endpoint has no address that can be dialled, or null.</summary>
    EndpointFault? Fault { get; }

    /// <summary>
    /// The slice that states it now, or null when none does any more, so that a reader who keeps one endpoint does not keep a slice. Set by
    /// the table when a newer state of the slice says the same.
    /// </summary>
    SliceObject? Slice { get; set; }

    /// <summary>The family of the address, or unspecified without one.</summary>
    AddressFamily Family => Address?.AddressFamily ?? AddressFamily.Unspecified;

    /// <summary>True when both say the same of a pod.</summary>
    bool ContentEquals(ISliceEndpoint other);
}
