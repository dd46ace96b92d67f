using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Reads an EndpointSlice from protobuf. The numbers are those of generated.proto in k8s.io/api/discovery/v1.
/// </summary>
internal sealed class SliceProtobufDecoder(SliceEndpointMaker maker, PortLists ports, TextPools pools) : IProtobufDecoder<SliceObject>
{
    private readonly SliceEndpoints _found = new();

    /// <inheritdoc/>
    public SliceObject Decode(ReadOnlySpan<byte> message)
    {
        ObjectMeta meta = default;
        SliceAddressType type = SliceAddressType.Unknown;
        int count = 0;
        ports.Begin();
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case ProtobufMeta.Field:
                    ProtobufMeta.Read(reader.Bytes("metadata"), pools, ref meta);
                    break;
                case 2:
                    count++;
                    break;
                case 3:
                    ReadPort(reader.Bytes("ports"));
                    break;
                case 4:
                    type = TypeOf(reader.Bytes("addressType"));
                    break;
            }
        }

        (SlicePod[] pods, OddEndpoint[] odd) = ReadEndpoints(message, count, type, meta.Namespace ?? "");
        return SliceObject.Make(meta, type, pods, odd, ports.End());
    }

    private static SliceAddressType TypeOf(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("IPv4"u8) ? SliceAddressType.IPv4
        : text.SequenceEqual("IPv6"u8) ? SliceAddressType.IPv6
        : text.SequenceEqual("FQDN"u8) ? SliceAddressType.Fqdn
        : SliceAddressType.Unknown;

    private void ReadPort(ReadOnlySpan<byte> message)
    {
        (string? name, string? protocol, int number) = (null, null, 0);
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    name = pools.Words.Get(reader.Bytes("ports.name"), "ports.name");
                    break;
                case 2:
                    protocol = pools.Words.Get(reader.Bytes("ports.protocol"), "ports.protocol");
                    break;
                case 3:
                    number = reader.Number("ports.port");
                    break;
            }
        }

        ports.Add(name, protocol, number);
    }

    private (SlicePod[] Pods, OddEndpoint[] Odd) ReadEndpoints(
        ReadOnlySpan<byte> message, int count, SliceAddressType type, string @namespace)
    {
        _found.Begin(count);
        ProtobufReader reader = new(message);
        while (count > 0 && reader.Read())
        {
            if (reader.Field != 2)
                continue;
            SliceEndpointDraft draft = default;
            ReadEndpoint(reader.Bytes("endpoints"), ref draft);
            _found.Add(maker.Make(draft, type, @namespace));
        }

        return _found.Take();
    }

    private void ReadEndpoint(ReadOnlySpan<byte> message, ref SliceEndpointDraft draft)
    {
        bool hasAddress = false;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1 when !hasAddress:
                    hasAddress = true;
                    maker.ReadAddress(reader.Bytes("addresses"), ref draft);
                    break;
                case 2:
                    ReadConditions(reader.Bytes("conditions"), ref draft);
                    break;
                case 3:
                    draft.Hostname = reader.Bytes("hostname");
                    break;
                case 4:
                    ReadTarget(reader.Bytes("targetRef"), ref draft);
                    break;
                case 6:
                    draft.Node = reader.Bytes("nodeName");
                    draft.HasNode = true;
                    break;
                case 7:
                    draft.Zone = reader.Bytes("zone");
                    draft.HasZone = true;
                    break;
            }
        }
    }

    private static void ReadConditions(ReadOnlySpan<byte> message, ref SliceEndpointDraft draft)
    {
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    draft.Ready = reader.Flag("ready");
                    break;
                case 2:
                    draft.Serving = reader.Flag("serving");
                    break;
                case 3:
                    draft.Terminating = reader.Flag("terminating");
                    break;
            }
        }
    }

    private static void ReadTarget(ReadOnlySpan<byte> message, ref SliceEndpointDraft draft)
    {
        draft.HasTarget = true;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    draft.TargetIsPod = reader.Bytes("targetRef.kind").SequenceEqual("Pod"u8);
                    break;
                case 2:
                    draft.TargetNamespace = reader.Bytes("targetRef.namespace");
                    break;
                case 3:
                    draft.TargetName = reader.Bytes("targetRef.name");
                    break;
                case 4:
                    draft.TargetUid = reader.Bytes("targetRef.uid");
                    break;
            }
        }
    }
}
