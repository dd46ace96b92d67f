using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>An EndpointSlice trimmed to what discovery uses.</summary>
internal sealed class SliceObject : IResource
{
    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string ResourceVersion { get; init; }

    /// <summary>The namespace, of the slice and so of its pods; empty when the source did not say.</summary>
    public required string Namespace { get; init; }

    /// <summary>The Service it belongs to (label kubernetes.io/service-name), or null.</summary>
    public string? Service { get; init; }

    /// <summary>The controller that keeps it up to date.</summary>
    public SliceManager Manager { get; init; }

    /// <summary>True when it has an owner, the Service: without one nothing deletes it with its Service.</summary>
    public bool HasOwner { get; init; }

    /// <summary>
    /// The rank where two slices contradict each other: the lower counts. The Service's own controller comes first, then the one that
    /// copies Endpoints.
    /// </summary>
    public int Rank => Manager switch { SliceManager.Controller => 0, SliceManager.Mirroring => 1, _ => 2 };

    /// <summary>
    /// The cluster that it is a copy of, else the name of its manager; empty without either. Slices
    /// of several origins state several sets of pods under one Service.
    /// </summary>
    public string Origin { get; init; } = "";

    /// <summary>The type of its addresses.</summary>
    public SliceAddressType AddressType { get; init; }

    /// <summary>
    /// Its pods that can be dialled. The table puts those it already has in place of equal ones, so that each is kept once.
    /// </summary>
    public required SlicePod[] Pods { get; init; }

    /// <summary>Its endpoints that cannot be dialled. The table treats them in the same way.</summary>
    public required OddEndpoint[] Odd { get; init; }

    /// <summary>All endpoints.</summary>
    public IEnumerable<ISliceEndpoint> Endpoints => Pods.Concat<ISliceEndpoint>(Odd);

    /// <summary>
    /// The Service's ports as this slice states them: bases, never what a pod listens on. Shared between slices with equal ones.
    /// </summary>
    public required IReadOnlyList<EndpointPort> Ports { get; init; }

    /// <summary>In which order the table took it in: tells newer from older where versions cannot be compared.</summary>
    public long Sequence { get; set; }

    /// <summary>Makes a slice of what was read.</summary>
    /// <exception cref="ResourceFormatException">It has no name.</exception>
    public static SliceObject Make(in ObjectMeta meta, SliceAddressType type, SlicePod[] pods, OddEndpoint[] odd, EndpointPort[] ports)
    {
        if (string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("an EndpointSlice has no metadata.name");
        SliceObject slice = new()
        {
            Name = meta.Name,
            Namespace = meta.Namespace ?? "",
            ResourceVersion = meta.ResourceVersion ?? "",
            Service = meta.Service,
            Manager = ManagerOf(meta.ManagedBy),
            HasOwner = meta.HasOwner,
            Origin = meta.SourceCluster ?? meta.ManagedBy ?? "",
            AddressType = type,
            Pods = pods,
            Odd = odd,
            Ports = ports,
        };
        foreach (SlicePod pod in pods)
            pod.Slice = slice;
        foreach (OddEndpoint endpoint in odd)
            endpoint.Slice = slice;
        return slice;
    }

    private static SliceManager ManagerOf(string? name) => name switch
    {
        null or "" => SliceManager.Unstated,
        "endpointslice-controller.k8s.io" => SliceManager.Controller,
        "endpointslicemirroring-controller.k8s.io" => SliceManager.Mirroring,
        _ => SliceManager.Other,
    };

    /// <summary>
    /// Compares where two slices are from: the one below 0 counts where they contradict each other, whichever was written last. Of one rank
    /// it is the origin whose name sorts first, so that two copies of other clusters never take turns.
    /// </summary>
    public int CompareOrigin(SliceObject other) => Rank != other.Rank ? Rank.CompareTo(other.Rank)
        : Rank == 0 ? 0
        : string.CompareOrdinal(Origin, other.Origin);

    /// <summary>True when this state of a slice is later than the other's, which may be another slice.</summary>
    public bool IsNewerThan(SliceObject other) =>
        (ResourceVersions.Compare(ResourceVersion, other.ResourceVersion) ?? Sequence.CompareTo(other.Sequence)) > 0;
}
