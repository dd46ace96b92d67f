using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.TestKit;

/// <summary>Writes protobuf as a Kubernetes API server does, from its own JSON. It shares nothing with the reader.</summary>
public sealed class ProtobufWire
{
    /// <summary>The media type of objects and lists; of watches with <see cref="WatchContentType"/>.</summary>
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    public const string WatchContentType = ContentType + ";stream=watch";

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    /// <summary>A list of slices, in the form of the recordings.</summary>
    public static byte[] List(JsonNode list) => Envelope(
        (string?)list["apiVersion"] ?? "discovery.k8s.io/v1", "EndpointSliceList", new ProtobufWire()
        .Message(
            1,
            meta => meta.Text(1, "")
                .Text(2, (string?)list["metadata"]?["resourceVersion"]).Text(3, (string?)list["metadata"]?["continue"] ?? ""))
        .Each(2, list["items"], Slice).Bytes);

    /// <summary>A Status.</summary>
    public static byte[] Status(
        int code, string reason, string message, string? cause = null, long retryAfterSeconds = 0) => Envelope(
        "v1", "Status", new ProtobufWire()
        .Message(1, static meta => meta.Text(1, "").Text(2, "").Text(3, "")).Text(2, "Failure").Text(3, message).Text(4, reason)
        .Message(5, details => details.Text(1, "").Text(2, "").Text(3, "")
            .If(cause is not null, one => one.Message(4, c => c.Text(1, cause).Text(2, "why").Text(3, "")))
            .Number(5, (ulong)retryAfterSeconds).Text(6, ""))
        .Number(6, (ulong)code).Bytes);

    /// <summary>A Status, or a list of slices, from its JSON; null when it is neither.</summary>
    public static byte[]? Object(string json) => Try(() =>
    {
        JsonNode? node = JsonNode.Parse(json);
        return (string?)node?["kind"] switch
        {
            "Status" => Status(node!),
            "EndpointSliceList" => List(node!),
            _ => null,
        };
    });

    /// <summary>The events of a watch, each after its length, from whole lines of JSON; null when they are something else.</summary>
    public static byte[]? Events(ReadOnlySpan<byte> lines)
    {
        if (lines.IsEmpty || lines[^1] != (byte)'\n')
            return null;
        string text = Encoding.UTF8.GetString(lines);
        return Try(() =>
        {
            ProtobufWire events = new();
            foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                events.Raw(Event(JsonNode.Parse(line)!));
            return events.Bytes;
        });
    }

    /// <summary>A message of a watch, after its length.</summary>
    public static byte[] Framed(byte[] message)
    {
        byte[] frame = new byte[sizeof(uint) + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)message.Length);
        message.CopyTo(frame, sizeof(uint));
        return frame;
    }

    /// <summary>meta.v1.WatchEvent, which has no envelope.</summary>
    public static byte[] EventMessage(string? type, JsonNode? json) => new ProtobufWire()
        .Text(1, type)
        .If(json is not null, one => one.Message(
            2,
            raw => raw.Field(1, type == "ERROR" || (string?)json!["kind"] == "Status" ? Status(json!)
                : Envelope("discovery.k8s.io/v1", "EndpointSlice", SliceMessage(json!)))))
        .Bytes;

    public static byte[] Envelope(string apiVersion, string kind, byte[] raw) =>
        new ProtobufWire().Raw("k8s\0"u8)
            .Message(1, type => type.Text(1, apiVersion).Text(2, kind)).Field(2, raw).Text(3, "").Text(4, "").Bytes;

    public ProtobufWire Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public ProtobufWire Number(int field, ulong value) => Varint((ulong)field << 3).Varint(value);

    public ProtobufWire Text(int field, string? value) => value is null ? this : Field(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWire Field(int field, ReadOnlySpan<byte> value) =>
        Varint(((ulong)field << 3) | 2).Varint((ulong)value.Length).Raw(value);

    public ProtobufWire Message(int field, Action<ProtobufWire> write)
    {
        ProtobufWire inner = new();
        write(inner);
        return Field(field, inner.Bytes);
    }

    private static byte[] Event(JsonNode line) => Framed(EventMessage((string?)line["type"], line["object"]));

    private static byte[] SliceMessage(JsonNode json)
    {
        ProtobufWire slice = new();
        Slice(slice, json);
        return slice.Bytes;
    }

    private static byte[] Status(JsonNode json) => Status(
        (int?)json["code"] ?? 0, (string?)json["reason"] ?? "", (string?)json["message"] ?? "",
        (string?)json["details"]?["causes"]?[0]?["reason"], (long?)json["details"]?["retryAfterSeconds"] ?? 0);

    /// <summary>A test may create something on purpose that is no object.</summary>
    private static byte[]? Try(Func<byte[]?> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void Slice(ProtobufWire slice, JsonNode json) => slice
        .Message(1, meta => meta
            .Text(1, (string?)json["metadata"]?["name"])
                .Text(2, "generated-").Text(3, (string?)json["metadata"]?["namespace"]).Text(5, "a-uid")
            .Text(6, (string?)json["metadata"]?["resourceVersion"]).Number(7, 300)
            .Pairs(11, json["metadata"]?["labels"]).Pairs(12, json["metadata"]?["annotations"])
            .Each(13, json["metadata"]?["ownerReferences"], static (owner, o) => owner.Text(1, (string?)o["kind"]))
            .Message(17, static managed => managed.Text(1, "m").Message(7, static fields => fields.Text(1, new string('x', 300)))))
        .Each(2, json["endpoints"], Endpoint)
        .Each(
            3, json["ports"],
            static (port, p) => port.Text(1, (string?)p["name"])
                .Text(2, (string?)p["protocol"]).If(p["port"] is not null, one => one.Number(3, (ulong)(int)p["port"]!)))
        .Text(4, (string?)json["addressType"]);

    private static void Endpoint(ProtobufWire endpoint, JsonNode json)
    {
        foreach (JsonNode? address in json["addresses"]?.AsArray() ?? [])
            endpoint.Text(1, (string?)address);
        if (json["conditions"] is { } conditions)
            endpoint.Message(2, one => one.Flag(1, conditions["ready"]).Flag(2, conditions["serving"]).Flag(3, conditions["terminating"]));
        endpoint.Text(3, (string?)json["hostname"]);
        if (json["targetRef"] is { } target)
        {
            endpoint.Message(4, one => one
                .Text(1, (string?)target["kind"])
                    .Text(2, (string?)target["namespace"])
                    .Text(3, (string?)target["name"])
                    .Text(4, (string?)target["uid"])
                    .Text(5, "")
                    .Text(6, "")
                    .Text(7, ""));
        }

        endpoint.Text(6, (string?)json["nodeName"]).Text(7, (string?)json["zone"]);
    }

    private ProtobufWire If(bool condition, Action<ProtobufWire> write)
    {
        if (condition)
            write(this);
        return this;
    }

    private ProtobufWire Flag(int field, JsonNode? value) => value is null ? this : Number(field, (bool)value ? 1u : 0u);

    private ProtobufWire Pairs(int field, JsonNode? map)
    {
        foreach ((string key, JsonNode? value) in map?.AsObject() ?? [])
        {
            // A number stands for a text of that length, so that a test need not make it as JSON first.
            if (value?.GetValueKind() == System.Text.Json.JsonValueKind.Number)
                Message(field, pair => pair.Text(1, key).Field(2, [.. Enumerable.Repeat((byte)'x', (int)value)]));
            else
                Message(field, pair => pair.Text(1, key).Text(2, (string?)value));
        }

        return this;
    }

    private ProtobufWire Each(int field, JsonNode? array, Action<ProtobufWire, JsonNode> write)
    {
        foreach (JsonNode? item in array?.AsArray() ?? [])
            Message(field, one => write(one, item!));
        return this;
    }

    private ProtobufWire Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Raw([(byte)(value | 0x80)]);
        return Raw([(byte)value]);
    }
}
