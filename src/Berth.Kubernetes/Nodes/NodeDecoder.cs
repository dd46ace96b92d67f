using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Nodes;

/// <summary>Reads a Node (v1) from its bytes: metadata.name, .resourceVersion, and status.addresses of type ExternalIP.</summary>
internal sealed class NodeDecoder : IResourceDecoder<NodeObject>
{
    private readonly TextPools _pools = new();
    private readonly FieldReader<ObjectMeta> _readField;
    private List<IPAddress> _external = [];

    public NodeDecoder() => _readField = TryReadField;

    /// <inheritdoc/>
    public string ListKind => "NodeList";

    /// <inheritdoc/>
    public string ApiVersion => "v1";

    /// <inheritdoc/>
    public bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out NodeObject? item)
    {
        item = null;
        ObjectMeta meta = new(_pools);
        _external.Clear();
        if (!JsonFields.TryReadFields(ref reader, ref meta, _readField))
            return false;
        if (string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("a Node has no metadata.name");
        item = new NodeObject { Name = meta.Name, ResourceVersion = meta.ResourceVersion ?? "", External = [.. _external] };
        return true;
    }

    private bool TryReadField(scoped ref Utf8JsonReader reader, ref ObjectMeta meta) =>
        reader.ValueTextEquals("metadata"u8) ? ObjectMeta.TryReadField(ref reader, ref meta)
        : reader.ValueTextEquals("status"u8) ? JsonFields.TryReadObject(ref reader, "status", ref _external, TryReadStatusField)
        : reader.TrySkip();

    private static bool TryReadStatusField(scoped ref Utf8JsonReader reader, ref List<IPAddress> external)
    {
        if (!reader.ValueTextEquals("addresses"u8))
            return reader.TrySkip();
        external.Clear();
        return JsonFields.TryReadArray(ref reader, "status.addresses", ref external, TryReadAddress);
    }

    private static bool TryReadAddress(scoped ref Utf8JsonReader reader, ref List<IPAddress> external)
    {
        (bool IsExternal, IPAddress? Address) read = (false, null);
        if (!JsonFields.TryReadFields(ref reader, ref read, TryReadAddressField))
            return false;
        // An empty ExternalIP, as some clouds write it, is none.
        if (read is { IsExternal: true, Address: { } address } && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            external.Add(address);
        return true;
    }

    private static bool TryReadAddressField(scoped ref Utf8JsonReader reader, ref (bool IsExternal, IPAddress? Address) read)
    {
        bool isType = reader.ValueTextEquals("type"u8);
        if (!isType && !reader.ValueTextEquals("address"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, isType ? "type" : "address", out bool stated))
            return false;
        if (isType)
            read.IsExternal = stated && reader.ValueTextEquals("ExternalIP"u8);
        else if (!stated || reader.ValueIsEscaped || !SliceAddress.TryParse(reader.ValueSpan, out read.Address))
            read.Address = null;
        return true;
    }
}
