using System.Net;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// The fields of an endpoint as they stand on the wire, until all have been read: they come in any order. A field that is not stated is
/// null.
/// </summary>
internal ref struct SliceEndpointDraft
{
    public ReadOnlySpan<byte> Hostname;
    public ReadOnlySpan<byte> Node;
    public ReadOnlySpan<byte> Zone;
    public ReadOnlySpan<byte> TargetName;
    public ReadOnlySpan<byte> TargetNamespace;
    public ReadOnlySpan<byte> TargetUid;
    public bool HasNode;
    public bool HasZone;
    public bool HasTarget;
    public bool TargetIsPod;
    public bool? Ready;
    public bool? Serving;
    public bool? Terminating;
    public IPAddress? Address;

    /// <summary>Of an address that is none, its text.</summary>
    public string? AddressText;
}
