using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>An EndpointSlice with only the fields that discovery uses.</summary>
internal sealed class SliceObject : IResource
{
    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string ResourceVersion { get; init; }

    /// <summary>The namespace of the slice and of its pods. Empty when the source did not state it.</summary>
    public required string Namespace { get; init; }

    /// <summary>The Service that the slice belongs to (label kubernetes.io/service-name), or null.</summary>
    public string? Service { get; init; }

    /// <summary>The controller that writes the slice.</summary>
    public SliceManager Manager { get; init; }

    /// <summary>True when the slice has an owner, the Service. Without an owner it stays when the Service is deleted.</summary>
    public bool HasOwner { get; init; }

    /// <summary>
    /// The rank of the slice. If two slices contradict each other, the one with the lower rank counts. The Service's own controller has
    /// the lowest rank, then the controller that mirrors Endpoints.
    /// </summary>
    public int Rank => Manager switch { SliceManager.Controller => 0, SliceManager.Mirroring => 1, _ => 2 };

    /// <summary>
    /// The cluster from which the slice was copied, otherwise the name of its manager; empty without either. Slices
    /// of different origins state different sets of pods under one Service.
    /// </summary>
    public string Origin { get; init; } = "";

    /// <summary>The type of the slice's addresses.</summary>
    public SliceAddressType AddressType { get; init; }

    /// <summary>
    /// The pods of the slice that can be dialled. The table replaces each pod by an equal one that it already has, so that it keeps one
    /// object for each pod.
    /// </summary>
    public required SlicePod[] Pods { get; init; }

    /// <summary>The endpoints of the slice that cannot be dialled. The table replaces them in the same way.</summary>
    public required OddEndpoint[] Odd { get; init; }

    /// <summary>All endpoints.</summary>
    public IEnumerable<ISliceEndpoint> Endpoints => Pods.Concat<ISliceEndpoint>(Odd);

    /// <summary>
    /// The Service's ports as this slice states them. They are bases, not the ports of pods. Slices with equal ports share the list.
    /// </summary>
    public required IReadOnlyList<EndpointPort> Ports { get; init; }

    /// <summary>The number of the event in which the table got the slice. It orders slices whose versions cannot be compared.</summary>
    public long Sequence { get; set; }

    /// <summary>Creates a slice from the parts that were read.</summary>
    /// <exception cref="ResourceFormatException">The slice has no name.</exception>
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
    /// Compares the ranks and origins of two slices. If they contradict each other, the lesser one counts, in any order of writes. With
    /// the same rank it is the one whose origin sorts first, so that the result never alternates between copies of two other clusters.
    /// </summary>
    public int CompareOrigin(SliceObject other) => Rank != other.Rank ? Rank.CompareTo(other.Rank)
        : Rank == 0 ? 0
        : string.CompareOrdinal(Origin, other.Origin);

    /// <summary>True when this slice was written after the other one, which may be an earlier state of the same slice.</summary>
    public bool IsNewerThan(SliceObject other) =>
        (ResourceVersions.Compare(ResourceVersion, other.ResourceVersion) ?? Sequence.CompareTo(other.Sequence)) > 0;
}
