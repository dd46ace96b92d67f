using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Addresses;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>One endpoint of one slice: the statement of a single slice about a pod. Only <see cref="Slice"/> changes.</summary>
internal interface ISliceEndpoint
{
    /// <summary>The identity among the endpoints of the target: the pod's name, or the address when there is no name.</summary>
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

    /// <summary>The reason why this endpoint cannot be dialled, or null.</summary>
    EndpointFault? Fault { get; }

    /// <summary>
    /// The slice that states it now. Null when no slice does, so that a reader who keeps an endpoint does not keep a slice in memory. The
    /// table sets it when a newer state of the slice has an equal endpoint.
    /// </summary>
    SliceObject? Slice { get; set; }

    /// <summary>The family of the address, or unspecified without an address.</summary>
    AddressFamily Family => Address?.AddressFamily ?? AddressFamily.Unspecified;

    /// <summary>True when both state the same about a pod.</summary>
    bool ContentEquals(ISliceEndpoint other);
}
