using System.Net;

namespace Berth.Kubernetes.Slices;

/// <summary>An endpoint while it is read: fields come in any order, and the slice's address type perhaps only after all of them.</summary>
internal struct SliceEndpointDraft
{
    public string? Hostname;
    public string? Node;
    public string? Zone;
    public bool? Ready;
    public bool? Serving;
    public bool? Terminating;
    public IPAddress? Address;

    // Kept as text only where it is needed, for an address that is none; otherwise made from the address on demand.
    public string? AddressText;
    public bool HasTarget;
    public bool TargetIsPod;
    public string? TargetName;
    public string? TargetNamespace;
    public SliceUid TargetUid;

    /// <summary>Finishes it, once the whole slice has been read.</summary>
    public readonly SliceEndpoint ToEndpoint(SliceAddressType type, string @namespace)
    {
        bool foreign = TargetIsPod && !string.IsNullOrEmpty(TargetNamespace) && TargetNamespace != @namespace && @namespace.Length > 0;
        string? name = !HasTarget ? Hostname : TargetIsPod ? TargetName : null;
        if (string.IsNullOrEmpty(name))
            name = null;
        EndpointFault? fault = foreign
            ? new EndpointFault(ExclusionReason.Malformed, $"the slice of namespace '{@namespace}' points to a pod of namespace '{TargetNamespace}'")
            : SliceAddress.FaultOf(type, Address, AddressText);
        return new SliceEndpoint
        {
            // A foreign pod must not shadow one of our own with the same name.
            PodName = foreign ? $"{TargetNamespace}/{name}" : name,
            Uid = TargetIsPod ? TargetUid : default,
            Node = Node,
            Zone = Zone,
            Ready = Ready ?? true,
            Serving = Serving ?? true,
            Terminating = Terminating ?? false,
            Address = fault is null ? Address : null,
            AddressText = name is null || fault is not null ? AddressText ?? Address?.ToString() ?? "" : null,
            Fault = fault,
        };
    }
}
