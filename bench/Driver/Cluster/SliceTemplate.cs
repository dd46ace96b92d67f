using System.Globalization;
using System.Text;

namespace Berth.Bench.Cluster;

/// <summary>
/// One slice as bytes, in the form of the recordings of a Kubernetes 1.36 server. The version and the first endpoint's address have a fixed
/// width, so that the next state is a copy with a few changed bytes: the server must cost little compared with the measured program.
/// </summary>
internal sealed class SliceTemplate
{
    public const int VersionWidth = 10;
    private const string AddressMark = "127.000.000.000";

    private readonly byte[] _body;
    private readonly byte[] _protobuf;
    private readonly int _protobufVersionAt;
    private readonly int _protobufAddressAt;
    private readonly int _versionAt;
    private readonly int _addressAt;
    private readonly (byte[] Head, byte[] Tail) _modified;
    private readonly (byte[] Head, byte[] Tail) _added;
    private int _address;

    public SliceTemplate(string @namespace, string service, string name, long version, IReadOnlyList<PodShape> pods)
    {
        Service = service;
        string text = Render(@namespace, service, name, version, pods);
        _body = Encoding.UTF8.GetBytes(text);
        _versionAt = text.IndexOf(new string('#', VersionWidth), StringComparison.Ordinal);
        _addressAt = text.IndexOf(AddressMark, StringComparison.Ordinal);
        _protobuf = SliceProtobuf.Render(@namespace, service, name, UidOf(version), new string('#', VersionWidth), pods, AddressMark);
        _protobufVersionAt = _protobuf.AsSpan().IndexOf(Encoding.UTF8.GetBytes(new string('#', VersionWidth)));
        _protobufAddressAt = _protobuf.AsSpan().IndexOf(Encoding.UTF8.GetBytes(AddressMark));
        _modified = SliceProtobuf.Event("MODIFIED", _protobuf.Length);
        _added = SliceProtobuf.Event("ADDED", _protobuf.Length);
        _address = pods[0].Address;
        WriteVersion(version);
        WriteAddress(_address);
    }

    /// <summary>The Service of the slice.</summary>
    public string Service { get; }

    /// <summary>The object without kind and apiVersion, as in a list.</summary>
    public ReadOnlyMemory<byte> Body => _body;

    /// <summary>The same as a protobuf message.</summary>
    public ReadOnlyMemory<byte> Protobuf => _protobuf;

    /// <summary>The current address of the first pod.</summary>
    public string FirstAddress => Address(_address);

    /// <summary>Moves the first pod to another address, and returns the watch event of this change.</summary>
    public SliceEvent Change(long version)
    {
        _address++;
        WriteVersion(version);
        WriteAddress(_address);
        return new SliceEvent(Line("MODIFIED"), Message(_modified));
    }

    /// <summary>The event ADDED of the slice as it is now, in JSON.</summary>
    public byte[] AddedLine() => Line("ADDED");

    /// <summary>The same in protobuf, after its length.</summary>
    public byte[] AddedMessage() => Message(_added);

    private byte[] Line(string type) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"{{\"type\":\"{type}\",\"object\":{{\"kind\":\"EndpointSlice\",\"apiVersion\":\"discovery.k8s.io/v1\","),
        .. _body.AsSpan(1), .. "}\n"u8,
    ];

    private byte[] Message((byte[] Head, byte[] Tail) around) => [.. around.Head, .. _protobuf, .. around.Tail];

    /// <summary>
    /// 127.1xx.1xx.1xx: there are a million of them, each as wide as the placeholder, and each can be dialled on this machine.
    /// </summary>
    public static string Address(int index) => string.Create(
        CultureInfo.InvariantCulture, $"127.{100 + (index / 10_000 % 100)}.{100 + (index / 100 % 100)}.{100 + (index % 100)}");

    /// <summary>The name of a pod's node, as long as a cloud's node names.</summary>
    public static string Node(PodShape pod) => string.Create(
        CultureInfo.InvariantCulture, $"node-{pod.Address % 1000:d4}.eu-central-1.compute.internal");

    /// <summary>The zone of a pod's node.</summary>
    public static string Zone(PodShape pod) => $"eu-central-1{(char)('a' + (pod.Address % 1000 % 3))}";

    /// <summary>A UID made of a number.</summary>
    public static string Uid(int id) => new Guid(id, 0x4dd8, 0x40c3, 0xa9, 0x0c, 0xdf, 0x70, 0xcc, 0xd7, 0xe2, 0x32).ToString();

    private static string UidOf(long version) => Uid((int)(version % 1_000_000_000));

    private void WriteVersion(long version)
    {
        version.TryFormat(_body.AsSpan(_versionAt), out _, "D10", CultureInfo.InvariantCulture);
        version.TryFormat(_protobuf.AsSpan(_protobufVersionAt), out _, "D10", CultureInfo.InvariantCulture);
    }

    private void WriteAddress(int index)
    {
        Encoding.UTF8.GetBytes(Address(index), _body.AsSpan(_addressAt));
        Encoding.UTF8.GetBytes(Address(index), _protobuf.AsSpan(_protobufAddressAt));
    }

    private static string Render(string ns, string service, string name, long version, IReadOnlyList<PodShape> pods)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $$$$$$"""
            {"metadata":{"name":"{{{{{{name}}}}}}","generateName":"{{{{{{service}}}}}}-","namespace":"{{{{{{ns}}}}}}","uid":"{{{{{{UidOf(version)}}}}}}","resourceVersion":"##########","generation":4,"creationTimestamp":"2026-11-22T13:06:56Z","labels":{"app":"{{{{{{service}}}}}}","endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"{{{{{{service}}}}}}","service.kubernetes.io/headless":""},"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2026-11-22T13:08:30Z"},"ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"{{{{{{service}}}}}}","uid":"2d66ca17-b9b0-4287-b95f-b57576927854","controller":true,"blockOwnerDeletion":true}],"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"discovery.k8s.io/v1","time":"2026-11-22T13:08:30Z","fieldsType":"FieldsV1","fieldsV1":{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:annotations":{".":{},"f:endpoints.kubernetes.io/last-change-trigger-time":{}},"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:endpointslice.kubernetes.io/managed-by":{},"f:kubernetes.io/service-name":{},"f:service.kubernetes.io/headless":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"2d66ca17-b9b0-4287-b95f-b57576927854\"}":{}}},"f:ports":{}}}]},"addressType":"IPv4","endpoints":[
            """);
        for (int i = 0; i < pods.Count; i++)
        {
            PodShape pod = pods[i];
            string address = i == 0 ? AddressMark : Address(pod.Address);
            text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$$$$$"""
                {"addresses":["{{{{{{address}}}}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"hostname":"{{{{{{pod.Name}}}}}}","targetRef":{"kind":"Pod","namespace":"{{{{{{ns}}}}}}","name":"{{{{{{pod.Name}}}}}}","uid":"{{{{{{Uid(pod.Id)}}}}}}"},"nodeName":"{{{{{{Node(pod)}}}}}}","zone":"{{{{{{Zone(pod)}}}}}}","hints":{"forZones":[{"name":"{{{{{{Zone(pod)}}}}}}"}]}}
                """);
        }

        return text.Append("""],"ports":[{"name":"","protocol":"TCP","port":3456}]}""").ToString();
    }
}
