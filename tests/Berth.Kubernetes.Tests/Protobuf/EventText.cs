using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>All that an event of a slice says, as text to compare.</summary>
internal static class EventText
{
    public static string Of(WatchEvent<SliceObject> e) =>
        $"{e.Kind} {e.Name} {e.Version} {e.InitialEventsEnd} {e.Status?.Code} {e.Status?.Reason} {e.Status?.Message} "
            + (e.Object is { } slice ? OfSlice(slice) : "");

    public static string OfSlice(SliceObject s) =>
        $"{s.Namespace} {s.Service} {s.Manager} {s.HasOwner} {s.AddressType} {string.Join(' ', s.Ports)} "
            + string.Join('\n', s.Endpoints.Select(
                static p => $"{p.Key} {p.UidValue} {p.Node} {p.Zone} {p.Ready} {p.Serving} {p.Terminating} {p.Address} {p.Fault}"));
}
