using System.Net;
using Berth.Kubernetes.Addresses;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// An endpoint of a slice that cannot be dialled as it stands: it has no name or no address. It never gets into a snapshot.
/// </summary>
/// <param name="Name">The pod's name, or the address as stated where there is none.</param>
/// <param name="HasName">True when there is a pod's name.</param>
/// <param name="Uid">The pod's UID, when the slice states it.</param>
/// <param name="Scope">The namespace, the node and the zone.</param>
/// <param name="Address">The address, when it is one and there is no fault.</param>
/// <param name="Text">The address as stated.</param>
/// <param name="Fault">Why it is no address to dial, or null.</param>
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

    /// <summary>True for the same object only: two slices may state the same.</summary>
    public bool Equals(OddEndpoint? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
