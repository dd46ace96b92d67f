using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Berth.Kubernetes.Resources;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Reads an EndpointSlice (discovery.k8s.io/v1) from its bytes. Only metadata.name, .namespace, .resourceVersion and the service-name label,
/// addressType, the endpoints' first address, conditions, hostname, targetRef, nodeName and zone, and the ports are made into anything.
/// </summary>
internal sealed class SliceDecoder : IResourceDecoder<SliceObject>
{
    private readonly StringPool _pool;
    private readonly SliceEndpointDecoder _endpoints;
    private readonly SlicePortDecoder _ports;
    private readonly List<SliceEndpointDraft> _drafts = [];

    public SliceDecoder(StringPool? pool = null)
    {
        _pool = pool ?? new StringPool();
        _endpoints = new SliceEndpointDecoder(_pool);
        _ports = new SlicePortDecoder(_pool);
    }

    /// <inheritdoc/>
    public string ListKind => "EndpointSliceList";

    /// <inheritdoc/>
    public string ApiVersion => "discovery.k8s.io/v1";

    /// <inheritdoc/>
    public bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out SliceObject? item)
    {
        item = null;
        ObjectMeta meta = default;
        SliceAddressType type = SliceAddressType.Unknown;
        EndpointPort[] ports = [];
        _drafts.Clear();
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("metadata"u8) ? ObjectMeta.TryReadField(ref reader, _pool, ref meta)
                : reader.ValueTextEquals("addressType"u8) ? TryReadType(ref reader, out type)
                : reader.ValueTextEquals("endpoints"u8) ? _endpoints.TryReadAll(ref reader, _drafts)
                : reader.ValueTextEquals("ports"u8) ? _ports.TryRead(ref reader, out ports)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        item = Finish(meta, type, ports);
        return true;
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

    private SliceObject Finish(ObjectMeta meta, SliceAddressType type, EndpointPort[] ports)
    {
        if (string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("an EndpointSlice has no metadata.name");
        string @namespace = meta.Namespace ?? "";
        SliceEndpoint[] endpoints = _drafts.Count == 0 ? [] : new SliceEndpoint[_drafts.Count];
        for (int i = 0; i < endpoints.Length; i++)
            endpoints[i] = _drafts[i].ToEndpoint(type, @namespace);
        SliceObject slice = new()
        {
            Name = meta.Name,
            Namespace = @namespace,
            ResourceVersion = meta.ResourceVersion ?? "",
            Service = meta.Service,
            AddressType = type,
            Endpoints = endpoints,
            Ports = ports,
        };
        foreach (SliceEndpoint endpoint in endpoints)
            endpoint.Slice = slice;
        return slice;
    }
}
