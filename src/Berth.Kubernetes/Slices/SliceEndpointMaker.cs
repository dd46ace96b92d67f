using System.Net;
using System.Text;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Creates endpoints from the fields of a slice, for both encodings. Repeated texts are stored once.</summary>
/// <param name="host">The template of the pods' host names, or null.</param>
/// <param name="cluster">The cluster's name, or null where only one is followed.</param>
internal sealed class SliceEndpointMaker(HostTemplate? host, string? cluster)
{
    private readonly PodNamePool _names = new();
    private readonly PodScopePool _scopes = new(host, cluster);
    private readonly AddressPool _addresses = new();

    /// <summary>Reads the first address. In the API further addresses have no meaning, and its controller never writes any.</summary>
    public void ReadAddress(ReadOnlySpan<byte> text, ref SliceEndpointDraft draft)
    {
        if (!_addresses.TryParse(text, out draft.Address))
            draft.AddressText = SliceAddress.Printable(text);
    }

    /// <summary>Finishes an endpoint.</summary>
    /// <param name="draft">The stated fields.</param>
    /// <param name="type">The slice's address type.</param>
    /// <param name="namespace">The slice's namespace.</param>
    public ISliceEndpoint Make(in SliceEndpointDraft draft, SliceAddressType type, string @namespace)
    {
        PodName name = NameOf(draft);
        EndpointFault? fault = FaultOfTarget(draft, @namespace, ref name)
            ?? SliceAddress.FaultOf(type, draft.Address, draft.AddressText);
        PodUid uid = draft.TargetIsPod ? SliceUid.Read(draft.TargetUid) : default;
        PodScope scope = _scopes.Get(@namespace, draft.Node, draft.HasNode, draft.Zone, draft.HasZone);
        (bool ready, bool serving, bool terminating) = (draft.Ready ?? true, draft.Serving ?? true, draft.Terminating ?? false);
        if (fault is null && name.IsStated)
            return new SlicePod(name, scope, uid, draft.Address!, ready, serving, terminating);
        string text = draft.AddressText ?? draft.Address?.ToString() ?? "";
        IPAddress? address = fault is null ? draft.Address : null;
        return new OddEndpoint(
            name.ToString() ?? text, name.IsStated, uid, scope, address, text, fault, ready, serving, terminating);
    }

    /// <summary>A targetRef to a pod of another namespace is a fault. Its name must not hide a pod of this namespace.</summary>
    private static EndpointFault? FaultOfTarget(in SliceEndpointDraft draft, string @namespace, ref PodName name)
    {
        if (!draft.TargetIsPod || draft.TargetNamespace.IsEmpty || @namespace.Length == 0
            || Ascii.Equals(draft.TargetNamespace, @namespace))
            return null;
        string other = Utf8Text.Read(draft.TargetNamespace, "targetRef.namespace");
        name = new PodName($"{other}/{name}");
        return new EndpointFault(LeftOutReason.Malformed, $"the slice of namespace '{@namespace}' points to a pod of namespace '{other}'");
    }

    /// <summary>The pod of the targetRef; without a targetRef the hostname.</summary>
    private PodName NameOf(in SliceEndpointDraft draft)
    {
        if (draft.HasTarget)
            return draft.TargetIsPod && !draft.TargetName.IsEmpty ? _names.Read(draft.TargetName, "targetRef.name") : default;
        return draft.Hostname.IsEmpty ? default : _names.Read(draft.Hostname, "hostname");
    }
}
