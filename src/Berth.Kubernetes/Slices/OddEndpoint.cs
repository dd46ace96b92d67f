using System.Net;
using Berth.Kubernetes.Addresses;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>An endpoint of a slice without a name or without an address, which cannot be dialled. It is never part of a snapshot.</summary>
/// <param name="Name">The pod's name, or the stated address when there is no name.</param>
/// <param name="HasName">True when there is a pod's name.</param>
/// <param name="Uid">The pod's UID, when the slice states it.</param>
/// <param name="Scope">The namespace, the node and the zone.</param>
/// <param name="Address">The address, if it is valid and there is no fault.</param>
/// <param name="Text">The stated address.</param>
/// <param name="Fault">The reason why it cannot be dialled, or null.</param>
/// <param name="Ready">conditions.ready</param>
/// <param name="Serving">conditions.serving</param>
/// <param name="Terminating">conditions.terminating</param>
internal sealed record OddEndpoint(
    string Name,
    bool HasName,
    PodUid Uid,
    PodScope Scope,
    IPAddress? Address,
    string Text,
    EndpointFault? Fault,
    bool Ready,
    bool Serving,
    bool Terminating) : ISliceEndpoint
{
    /// <inheritdoc/>
    public SliceObject? Slice { get; set; }

    /// <inheritdoc/>
    public PodName Key => new(Name);

    /// <inheritdoc/>
    public PodUid UidValue => Uid;

    /// <inheritdoc/>
    public string? Node => Scope.Node;

    /// <inheritdoc/>
    public string? Zone => Scope.Zone;

    /// <inheritdoc/>
    public string? Cluster => Scope.Cluster;

    /// <inheritdoc/>
    public bool ContentEquals(ISliceEndpoint other) =>
        other is OddEndpoint odd
        && (Name, HasName, Uid, Text) == (odd.Name, odd.HasName, odd.Uid, odd.Text)
        && (Ready, Serving, Terminating) == (odd.Ready, odd.Serving, odd.Terminating)
        && Scope.IsSameAs(odd.Scope) && Equals(Address, odd.Address) && Equals(Fault, odd.Fault);

    /// <summary>True only for the same object, because two slices may have equal endpoints.</summary>
    public bool Equals(OddEndpoint? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
