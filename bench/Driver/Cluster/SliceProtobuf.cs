using System.Buffers.Binary;
using System.Globalization;

namespace Berth.Bench.Cluster;

/// <summary>The slice of <see cref="SliceTemplate"/> in protobuf, field by field as a Kubernetes 1.36 server writes it.</summary>
internal static class SliceProtobuf
{
    private const ulong Created = 1_795_352_816;
    private const ulong Changed = 1_795_352_910;
    private const string OwnerUid = "2d66ca17-b9b0-4287-b95f-b57576927854";
    private const string Fields =
        """{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:annotations":{".":{},"f:endpoints.kubernetes.io/last-change-trigger-time":{}},"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:endpointslice.kubernetes.io/managed-by":{},"f:kubernetes.io/service-name":{},"f:service.kubernetes.io/headless":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"2d66ca17-b9b0-4287-b95f-b57576927854\"}":{}}},"f:ports":{}}""";

    public static byte[] Render(
        string ns, string service, string name, string uid, string version, IReadOnlyList<PodShape> pods, string firstAddress)
    {
        ProtobufWriter slice = new();
        slice.Message(1, meta => Meta(meta, ns, service, name, uid, version));
        for (int i = 0; i < pods.Count; i++)
        {
            PodShape pod = pods[i];
            string address = i == 0 ? firstAddress : SliceTemplate.Address(pod.Address);
            slice.Message(2, endpoint => Endpoint(endpoint, ns, pod, address));
        }

        slice.Message(3, static port => port.Text(1, "").Text(2, "TCP").Number(3, 3456));
        return slice.Text(4, "IPv4").ToArray();
    }

    /// <summary>
    /// The bytes before and after a slice of some length in an event: the length of the frame, meta.v1.WatchEvent, and the envelope of the
    /// slice.
    /// </summary>
    public static (byte[] Head, byte[] Tail) Event(string type, int length)
    {
        byte[] tail = new ProtobufWriter().Text(3, "").Text(4, "").ToArray();
        byte[] envelope = new ProtobufWriter().Raw("k8s\0"u8)
            .Message(1, static type => type.Text(1, "discovery.k8s.io/v1").Text(2, "EndpointSlice")).Begin(2, length).ToArray();
        int rawLength = envelope.Length + length + tail.Length;
        byte[] raw = new ProtobufWriter().Begin(1, rawLength).ToArray();
        byte[] message = new ProtobufWriter().Text(1, type).Begin(2, raw.Length + rawLength).Raw(raw).Raw(envelope).ToArray();
        byte[] prefix = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(prefix, message.Length + length + tail.Length);
        return ([.. prefix, .. message], tail);
    }

    /// <summary>A bookmark, after its length.</summary>
    public static byte[] Bookmark(long version, bool initialEventsEnd)
    {
        byte[] slice = new ProtobufWriter().Message(1, meta => EmptyMeta(meta, version, initialEventsEnd)).Text(4, "").ToArray();
        (byte[] head, byte[] tail) = Event("BOOKMARK", slice.Length);
        return [.. head, .. slice, .. tail];
    }

    private static void EmptyMeta(ProtobufWriter meta, long version, bool initialEventsEnd)
    {
        meta.Text(1, "").Text(2, "").Text(3, "").Text(4, "").Text(5, "").Text(6, version.ToString(CultureInfo.InvariantCulture))
            .Number(7, 0).Message(8, static _ => { });
        if (initialEventsEnd)
            meta.Pair(12, "k8s.io/initial-events-end", "true");
    }

    private static void Endpoint(ProtobufWriter endpoint, string ns, PodShape pod, string address) => endpoint
        .Text(1, address)
        .Message(2, static conditions => conditions.Flag(1, true).Flag(2, true).Flag(3, false))
        .Text(3, pod.Name)
        .Message(
            4,
            target => target.Text(1, "Pod")
                .Text(2, ns).Text(3, pod.Name).Text(4, SliceTemplate.Uid(pod.Id)).Text(5, "").Text(6, "").Text(7, ""))
        .Text(6, SliceTemplate.Node(pod))
        .Text(7, SliceTemplate.Zone(pod))
        .Message(8, hints => hints.Message(1, zone => zone.Text(1, SliceTemplate.Zone(pod))));

    private static void Meta(ProtobufWriter meta, string ns, string service, string name, string uid, string version) => meta
        .Text(1, name).Text(2, service + "-").Text(3, ns).Text(4, "").Text(5, uid).Text(6, version).Number(7, 4)
        .Message(8, static time => time.Number(1, Created).Number(2, 0))
        .Pair(11, "app", service)
        .Pair(11, "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
        .Pair(11, "kubernetes.io/service-name", service)
        .Pair(11, "service.kubernetes.io/headless", "")
        .Pair(12, "endpoints.kubernetes.io/last-change-trigger-time", "2026-11-22T13:08:30Z")
        .Message(13, owner => owner.Text(1, "Service").Text(3, service).Text(4, OwnerUid).Text(5, "v1").Flag(6, true).Flag(7, true))
        .Message(17, static managed => managed
            .Text(1, "kube-controller-manager").Text(2, "Update").Text(3, "discovery.k8s.io/v1")
            .Message(4, static time => time.Number(1, Changed).Number(2, 0))
            .Text(6, "FieldsV1").Message(7, static fields => fields.Text(1, Fields)).Text(8, ""));
}
