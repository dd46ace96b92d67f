using System.Net;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// The fields of an endpoint from the wire, until all have been read, because they come in any order. A field that is not stated is null.
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

    /// <summary>The text of an address that is not valid.</summary>
    public string? AddressText;
}
