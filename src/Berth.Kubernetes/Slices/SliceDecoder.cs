using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Reads an EndpointSlice (discovery.k8s.io/v1) from its bytes. Only metadata.name, .namespace, .resourceVersion and the service-name
/// label, addressType, the endpoints' first address, conditions, hostname, targetRef, nodeName and zone, and the ports are made into
/// anything.
/// </summary>
internal sealed class SliceDecoder : IResourceDecoder<SliceObject>
{
    private readonly StringPool _pool;
    private readonly SliceEndpointDecoder _endpoints;
    private readonly SlicePortDecoder _ports;

    public SliceDecoder(StringPool? pool = null)
    {
        _pool = pool ?? new StringPool();
        SliceEndpointMaker maker = new();
        PortLists ports = new();
        _endpoints = new SliceEndpointDecoder(maker);
        _ports = new SlicePortDecoder(_pool, ports);
        Protobuf = new SliceProtobufDecoder(maker, ports);
    }

    /// <inheritdoc/>
    public string ListKind => "EndpointSliceList";

    /// <inheritdoc/>
    public string ApiVersion => "discovery.k8s.io/v1";

    /// <inheritdoc/>
    public IProtobufDecoder<SliceObject> Protobuf { get; }

    /// <inheritdoc/>
    public bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out SliceObject? item)
    {
        item = null;
        ObjectMeta meta = default;
        SliceAddressType type = SliceAddressType.Unknown;
        EndpointPort[] ports = [];
        PodEndpoint[] endpoints = [];
        Utf8JsonReader later = default;
        bool isLater = false;
        bool hasType = false;
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("metadata"u8) ? ObjectMeta.TryReadField(ref reader, _pool, ref meta)
                : reader.ValueTextEquals("addressType"u8) ? hasType = TryReadType(ref reader, out type)
                : reader.ValueTextEquals("endpoints"u8) ? hasType && meta.Name is not null
                    ? _endpoints.TryReadAll(ref reader, type, meta.Namespace ?? "", out endpoints)
                    : isLater = TryPass(ref reader, ref later)
                : reader.ValueTextEquals("ports"u8) ? _ports.TryRead(ref reader, out ports)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        // The reader was past them already, so they are all there.
        if (isLater)
            _endpoints.TryReadAll(ref later, type, meta.Namespace ?? "", out endpoints);
        item = SliceObject.Make(meta, type, endpoints, ports);
        return true;
    }

    /// <summary>Endpoints cannot be read before namespace and address type are known, which usually stand before them.</summary>
    private static bool TryPass(ref Utf8JsonReader reader, ref Utf8JsonReader later)
    {
        later = reader;
        return reader.TrySkip();
    }

    private static bool TryReadType(ref Utf8JsonReader reader, out SliceAddressType type)
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
}
