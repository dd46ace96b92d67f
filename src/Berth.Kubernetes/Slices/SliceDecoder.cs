using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Reads an EndpointSlice (discovery.k8s.io/v1) from its bytes. It decodes only metadata.name, .namespace, .resourceVersion and the
/// service-name label, addressType, the endpoints' first address, conditions, hostname, targetRef, nodeName and zone, and the ports. It
/// skips all other fields.
/// </summary>
internal sealed class SliceDecoder : IResourceDecoder<SliceObject>
{
    private readonly TextPools _pools = new();
    private readonly SliceEndpointDecoder _endpoints;
    private readonly SlicePortDecoder _ports;
    private readonly FieldReader<Draft> _readField;

    /// <param name="host">The template of the pods' host names, or null.</param>
    /// <param name="cluster">The cluster's name, or null where only one is followed.</param>
    public SliceDecoder(HostTemplate? host = null, string? cluster = null)
    {
        SliceEndpointMaker maker = new(host, cluster);
        PortLists ports = new();
        _endpoints = new SliceEndpointDecoder(maker);
        _ports = new SlicePortDecoder(_pools.Words, ports);
        _readField = TryReadField;
        Protobuf = new SliceProtobufDecoder(maker, ports, _pools);
    }

    /// <inheritdoc/>
    public string Kind => "EndpointSlice";

    /// <inheritdoc/>
    public string ApiVersion => "discovery.k8s.io/v1";

    /// <inheritdoc/>
    public IProtobufDecoder<SliceObject> Protobuf { get; }

    /// <inheritdoc/>
    public bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out SliceObject? item)
    {
        item = null;
        Draft draft = new() { Meta = new ObjectMeta(_pools), Endpoints = ([], []), Ports = [] };
        if (!JsonFields.TryReadFields(ref reader, ref draft, _readField))
            return false;
        // The reader has already passed them, so all their bytes are here.
        if (draft.IsLater)
            _endpoints.TryReadAll(ref draft.Later, draft.Type, draft.Meta.Namespace ?? "", out draft.Endpoints);
        item = SliceObject.Make(draft.Meta, draft.Type, draft.Endpoints.Pods, draft.Endpoints.Odd, draft.Ports);
        return true;
    }

    private bool TryReadField(scoped ref Utf8JsonReader reader, ref Draft draft)
    {
        if (reader.ValueTextEquals("metadata"u8))
            return ObjectMeta.TryReadField(ref reader, ref draft.Meta);
        if (reader.ValueTextEquals("addressType"u8))
            return draft.HasType = TryReadType(ref reader, out draft.Type);
        if (reader.ValueTextEquals("ports"u8))
            return _ports.TryRead(ref reader, out draft.Ports);
        if (!reader.ValueTextEquals("endpoints"u8))
            return reader.TrySkip();
        // Reading endpoints needs the namespace and the address type, which nearly always come first.
        if (draft.HasType && draft.Meta.Name is not null)
            return _endpoints.TryReadAll(ref reader, draft.Type, draft.Meta.Namespace ?? "", out draft.Endpoints);
        draft.Later = reader;
        return draft.IsLater = reader.TrySkip();
    }

    private static bool TryReadType(scoped ref Utf8JsonReader reader, out SliceAddressType type)
    {
        type = SliceAddressType.Unknown;
        if (!JsonFields.TryReadString(ref reader, "addressType", out bool present))
            return false;
        if (present)
        {
            type = reader.ValueTextEquals("IPv4"u8) ? SliceAddressType.IPv4
                : reader.ValueTextEquals("IPv6"u8) ? SliceAddressType.IPv6
                : reader.ValueTextEquals("FQDN"u8) ? SliceAddressType.Fqdn
                : SliceAddressType.Unknown;
        }

        return true;
    }

    private ref struct Draft
    {
        public ObjectMeta Meta;
        public SliceAddressType Type;
        public bool HasType;
        public EndpointPort[] Ports;
        public (SlicePod[] Pods, OddEndpoint[] Odd) Endpoints;

        /// <summary>The positions of endpoints that are read later.</summary>
        public Utf8JsonReader Later;
        public bool IsLater;
    }
}
