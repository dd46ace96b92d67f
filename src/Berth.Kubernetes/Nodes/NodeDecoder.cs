using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Nodes;

/// <summary>Reads a Node (v1) from its bytes: metadata.name, .resourceVersion, and status.addresses of type ExternalIP.</summary>
internal sealed class NodeDecoder : IResourceDecoder<NodeObject>
{
    private readonly StringPool _pool = new();
    private readonly List<IPAddress> _external = [];

    /// <inheritdoc/>
    public string ListKind => "NodeList";

    /// <inheritdoc/>
    public string ApiVersion => "v1";

    /// <inheritdoc/>
    public bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out NodeObject? item)
    {
        item = null;
        ObjectMeta meta = default;
        _external.Clear();
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("metadata"u8) ? ObjectMeta.TryReadField(ref reader, _pool, ref meta)
                : reader.ValueTextEquals("status"u8) ? TryReadStatus(ref reader)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        if (string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("a Node has no metadata.name");
        item = new NodeObject { Name = meta.Name, ResourceVersion = meta.ResourceVersion ?? "", External = [.. _external] };
        return true;
    }

    private bool TryReadStatus(ref Utf8JsonReader reader)
    {
        if (!JsonFields.TryEnterObject(ref reader, "status", out bool present))
            return false;
        while (present)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            if (!(reader.ValueTextEquals("addresses"u8) ? TryReadAddresses(ref reader) : reader.TrySkip()))
                return false;
        }

        return true;
    }

    private bool TryReadAddresses(ref Utf8JsonReader reader)
    {
        _external.Clear();
        if (!JsonFields.TryEnterArray(ref reader, "status.addresses", out bool present))
            return false;
        while (present)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndArray)
                break;
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonFields.Unexpected(ref reader, "status.addresses");
            if (!TryReadAddress(ref reader))
                return false;
        }

        return true;
    }

    private bool TryReadAddress(ref Utf8JsonReader reader)
    {
        bool external = false;
        IPAddress? address = null;
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool isType = reader.ValueTextEquals("type"u8);
            if (!isType && !reader.ValueTextEquals("address"u8))
            {
                if (!reader.TrySkip())
                    return false;
                continue;
            }

            if (!JsonFields.TryReadString(ref reader, isType ? "type" : "address", out bool stated))
                return false;
            if (isType)
                external = stated && reader.ValueTextEquals("ExternalIP"u8);
            else if (!stated || reader.ValueIsEscaped || !SliceAddress.TryParse(reader.ValueSpan, out address))
                address = null;
        }

        // An empty ExternalIP, as some clouds write it, is none.
        if (external && address is not null && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            _external.Add(address);
        return true;
    }
}
