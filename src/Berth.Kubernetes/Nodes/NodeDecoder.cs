using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// Reads a Node (v1) from its bytes: metadata.name, .resourceVersion, status.addresses of type ExternalIP and InternalIP, and the condition
/// Ready; and what the sources of external addresses ask for: the address of type ExternalDNS, labels, and annotations.
/// </summary>
internal sealed class NodeDecoder : IResourceDecoder<NodeObject>
{
    private readonly TextPools _pools = new();
    private readonly FieldReader<ObjectMeta> _readField;
    private readonly (byte[] Key, bool IsLabel)[] _marks;
    private readonly bool _readsDns;
    private Status _status = new(false);

    /// <param name="from">The sources of external addresses, or null for ExternalIP alone.</param>
    public NodeDecoder(IReadOnlyList<ExternalAddressSource>? from = null)
    {
        _readField = TryReadField;
        _readsDns = from?.Contains(ExternalAddressSource.ExternalDns) ?? false;
        _marks = [.. (from ?? []).Where(static source => source.IsMark)
            .Select(static source => (Encoding.UTF8.GetBytes(source.Argument), source.Kind == ExternalAddressKind.Label))];
    }

    /// <inheritdoc/>
    public string Kind => "Node";

    /// <inheritdoc/>
    public string ApiVersion => "v1";

    /// <inheritdoc/>
    public bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out NodeObject? item)
    {
        item = null;
        MetaTexts? texts = _marks.Length == 0 ? null : new MetaTexts(_marks);
        ObjectMeta meta = new(_pools) { Texts = texts };
        _status = new Status(_readsDns);
        if (!JsonFields.TryReadFields(ref reader, ref meta, _readField))
            return false;
        if (string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("a Node has no metadata.name");
        item = new NodeObject
        {
            Name = meta.Name,
            ResourceVersion = meta.ResourceVersion ?? "",
            External = [.. _status.External],
            ExternalDns = _status.ExternalDns,
            Marks = texts is null ? [] : [.. texts.Values.Select(NamedAddresses.Read)],
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
        status.ExternalDns = null;
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
        AddressDraft draft = new(status);
        if (!JsonFields.TryReadFields(ref reader, ref draft, TryReadAddressField))
            return false;
        if (draft.IsDns)
            status.ExternalDns ??= draft.Text is { } name && NamedAddresses.IsHost(name) ? name : null;
        // An empty ExternalIP, as some clouds write it, is none.
        else if (draft is { List: { } list, Address: { } address } && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            list.Add(address);
        return true;
    }

    private static bool TryReadAddressField(scoped ref Utf8JsonReader reader, ref AddressDraft draft)
    {
        bool isType = reader.ValueTextEquals("type"u8);
        if (!isType && !reader.ValueTextEquals("address"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, isType ? "type" : "address", out bool stated))
            return false;
        if (isType)
        {
            draft.IsDns = stated && reader.ValueTextEquals("ExternalDNS"u8);
            draft.List = !stated ? null
                : reader.ValueTextEquals("ExternalIP"u8) ? draft.Status.External
                : reader.ValueTextEquals("InternalIP"u8) ? draft.Status.Internal
                : null;
        }
        else if (!stated || reader.ValueIsEscaped || !SliceAddress.TryParse(reader.ValueSpan, out draft.Address))
        {
            draft.Address = null;
            // The type may follow, so a text that is not an address may be a name.
            if (stated && draft.Status.ReadsDns)
                draft.Text = JsonFields.Text(ref reader, "address");
        }

        return true;
    }

    /// <summary>One address of a Node's status.</summary>
    private struct AddressDraft(Status status)
    {
        public readonly Status Status = status;

        public List<IPAddress>? List;

        public IPAddress? Address;

        public string? Text;

        public bool IsDns;
    }

    /// <summary>The fields of a Node's status that are read.</summary>
    private sealed class Status(bool readsDns)
    {
        public bool ReadsDns => readsDns;

        public List<IPAddress> External { get; } = [];

        public List<IPAddress> Internal { get; } = [];

        public string? ExternalDns { get; set; }

        public bool IsReady { get; set; }
    }
}
