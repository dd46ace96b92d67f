using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// Reads a Node (v1) from its bytes: metadata.name, .resourceVersion, status.addresses of type ExternalIP and InternalIP, and the condition
/// Ready.
/// </summary>
internal sealed class NodeDecoder : IResourceDecoder<NodeObject>
{
    private readonly TextPools _pools = new();
    private readonly FieldReader<ObjectMeta> _readField;
    private Status _status = new();

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
        _status = new Status();
        if (!JsonFields.TryReadFields(ref reader, ref meta, _readField))
            return false;
        if (string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("a Node has no metadata.name");
        item = new NodeObject
        {
            Name = meta.Name,
            ResourceVersion = meta.ResourceVersion ?? "",
            External = [.. _status.External],
            Internal = [.. _status.Internal],
            IsReady = _status.IsReady,
        };
        return true;
    }

    private bool TryReadField(scoped ref Utf8JsonReader reader, ref ObjectMeta meta) =>
        reader.ValueTextEquals("metadata"u8) ? ObjectMeta.TryReadField(ref reader, ref meta)
        : reader.ValueTextEquals("status"u8) ? JsonFields.TryReadObject(ref reader, "status", ref _status, TryReadStatusField)
        : reader.TrySkip();

    private static bool TryReadStatusField(scoped ref Utf8JsonReader reader, ref Status status)
    {
        if (reader.ValueTextEquals("conditions"u8))
            return JsonFields.TryReadArray(ref reader, "status.conditions", ref status, TryReadCondition);
        if (!reader.ValueTextEquals("addresses"u8))
            return reader.TrySkip();
        status.External.Clear();
        status.Internal.Clear();
        return JsonFields.TryReadArray(ref reader, "status.addresses", ref status, TryReadAddress);
    }

    private static bool TryReadCondition(scoped ref Utf8JsonReader reader, ref Status status)
    {
        (bool IsReady, bool IsTrue) read = default;
        if (!JsonFields.TryReadFields(ref reader, ref read, TryReadConditionField))
            return false;
        status.IsReady |= read is { IsReady: true, IsTrue: true };
        return true;
    }

    private static bool TryReadConditionField(scoped ref Utf8JsonReader reader, ref (bool IsReady, bool IsTrue) read)
    {
        bool isType = reader.ValueTextEquals("type"u8);
        if (!isType && !reader.ValueTextEquals("status"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, isType ? "type" : "status", out bool stated))
            return false;
        if (isType)
            read.IsReady = stated && reader.ValueTextEquals("Ready"u8);
        else
            read.IsTrue = stated && reader.ValueTextEquals("True"u8);
        return true;
    }

    private static bool TryReadAddress(scoped ref Utf8JsonReader reader, ref Status status)
    {
        (Status Status, List<IPAddress>? List, IPAddress? Address) state = (status, null, null);
        if (!JsonFields.TryReadFields(ref reader, ref state, TryReadAddressField))
            return false;
        // An empty ExternalIP, as some clouds write it, is none.
        if (state is { List: { } list, Address: { } address } && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            list.Add(address);
        return true;
    }

    private static bool TryReadAddressField(
        scoped ref Utf8JsonReader reader, ref (Status Status, List<IPAddress>? List, IPAddress? Address) state)
    {
        bool isType = reader.ValueTextEquals("type"u8);
        if (!isType && !reader.ValueTextEquals("address"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, isType ? "type" : "address", out bool stated))
            return false;
        if (isType)
        {
            state.List = !stated ? null
                : reader.ValueTextEquals("ExternalIP"u8) ? state.Status.External
                : reader.ValueTextEquals("InternalIP"u8) ? state.Status.Internal
                : null;
        }
        else if (!stated || reader.ValueIsEscaped || !SliceAddress.TryParse(reader.ValueSpan, out state.Address))
        {
            state.Address = null;
        }

        return true;
    }

    /// <summary>The fields of a Node's status that are read.</summary>
    private sealed class Status
    {
        public List<IPAddress> External { get; } = [];

        public List<IPAddress> Internal { get; } = [];

        public bool IsReady { get; set; }
    }
}
