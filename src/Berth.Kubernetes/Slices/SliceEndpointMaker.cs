using System.Text;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Makes endpoints of what a slice states, whatever encoding it came in, and keeps once what repeats.</summary>
internal sealed class SliceEndpointMaker
{
    private readonly PodNamePool _names = new();
    private readonly PodPlacePool _places = new();
    private readonly AddressPool _addresses = new();

    /// <summary>Reads the first address. The API gives no meaning to further ones, and its own controller never writes any.</summary>
    public void ReadAddress(ReadOnlySpan<byte> text, ref SliceEndpointDraft draft)
    {
        if (!_addresses.TryParse(text, out draft.Address))
            draft.AddressText = SliceAddress.Printable(text);
    }

    /// <summary>Finishes an endpoint.</summary>
    /// <param name="draft">What is stated.</param>
    /// <param name="type">The slice's address type.</param>
    /// <param name="namespace">The slice's namespace.</param>
    public PodEndpoint Make(in SliceEndpointDraft draft, SliceAddressType type, string @namespace)
    {
        PodName name = NameOf(draft);
        bool foreign = draft.TargetIsPod && !draft.TargetNamespace.IsEmpty && @namespace.Length > 0
            && !Ascii.Equals(draft.TargetNamespace, @namespace);
        EndpointFault? fault = null;
        if (foreign)
        {
            string other = Utf8Text.Read(draft.TargetNamespace, "targetRef.namespace");
            fault = new EndpointFault(
                LeftOutReason.Malformed, $"the slice of namespace '{@namespace}' points to a pod of namespace '{other}'");
            // It must not shadow a pod of our own with the same name.
            name = new PodName($"{other}/{name}", 0);
        }

        fault ??= SliceAddress.FaultOf(type, draft.Address, draft.AddressText);
        PodUid uid = draft.TargetIsPod ? SliceUid.Read(draft.TargetUid) : default;
        PodPlace place = _places.Get(@namespace, draft.Node, draft.HasNode, draft.Zone, draft.HasZone);
        if (uid.Text is not null)
            place = place with { Uid = uid.Text };
        object address = draft.Address!;
        if (fault is not null || name.Text is null)
        {
            string text = draft.AddressText ?? draft.Address?.ToString() ?? "";
            address = new SliceOddity(name.Text is not null, fault is null ? draft.Address : null, text, fault);
            if (name.Text is null)
                name = new PodName(text, 0);
        }

        return new PodEndpoint(name, place, uid.Value, address, draft.Ready ?? true, draft.Serving ?? true, draft.Terminating ?? false);
    }

    /// <summary>The pod that is pointed to; without a pointer the hostname.</summary>
    private PodName NameOf(in SliceEndpointDraft draft)
    {
        if (draft.HasTarget)
            return draft.TargetIsPod && !draft.TargetName.IsEmpty ? _names.Read(draft.TargetName, "targetRef.name") : default;
        return draft.Hostname.IsEmpty ? default : _names.Read(draft.Hostname, "hostname");
    }
}
