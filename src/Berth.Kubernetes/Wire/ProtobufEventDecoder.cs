namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads one event of a watch in protobuf: a <c>meta.v1.WatchEvent</c>, without the envelope that every other object has, and in it the
/// object, with its envelope.
/// </summary>
/// <param name="decoder">Reads the objects.</param>
/// <param name="kind">The kind of the objects, such as <c>EndpointSlice</c>.</param>
internal sealed class ProtobufEventDecoder<T>(IProtobufDecoder<T> decoder, string kind)
    where T : class, IResource
{
    private readonly TextPools _pools = new();

    /// <summary>Reads the event.</summary>
    /// <exception cref="ResourceFormatException">It is not an event as the API documents it.</exception>
    public WatchEvent<T> Decode(ReadOnlySpan<byte> message)
    {
        // Servers send the message without an envelope. A message with an envelope is accepted too.
        if (message.StartsWith(ProtobufEnvelope.Magic))
            message = ProtobufEnvelope.Open(message, "WatchEvent");
        WatchEventKind? type = null;
        ReadOnlySpan<byte> raw = default;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                type = TypeOf(reader.Bytes("type"));
            else if (reader.Field == 2)
                raw = ReadRaw(reader.Bytes("object"));
        }

        if (type is not { } stated)
            throw new ResourceFormatException("a watch event has no type");
        if (stated == WatchEventKind.Unknown)
            return default;
        return raw.IsEmpty ? throw new ResourceFormatException("a watch event has no object") : DecodeObject(stated, raw);
    }

    private static WatchEventKind TypeOf(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("MODIFIED"u8) || text.SequenceEqual("ADDED"u8) ? WatchEventKind.Applied
        : text.SequenceEqual("DELETED"u8) ? WatchEventKind.Deleted
        : text.SequenceEqual("BOOKMARK"u8) ? WatchEventKind.Bookmark
        : text.SequenceEqual("ERROR"u8) ? WatchEventKind.Error
        : WatchEventKind.Unknown;

    /// <summary>Reads runtime.RawExtension.</summary>
    private static ReadOnlySpan<byte> ReadRaw(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> raw = default;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                raw = reader.Bytes("object.raw");
        }

        return raw;
    }

    private WatchEvent<T> DecodeObject(WatchEventKind type, ReadOnlySpan<byte> raw)
    {
        if (type == WatchEventKind.Error)
            return new WatchEvent<T>(type, Status: KubernetesStatus.Parse(raw.ToArray()));
        ReadOnlySpan<byte> found = ProtobufEnvelope.Open(raw, kind);
        if (found.IsEmpty)
            throw new ResourceFormatException($"the object of a watch event is not of kind {kind}");
        if (type == WatchEventKind.Applied)
        {
            T item = decoder.Decode(found);
            return new WatchEvent<T>(type, item, item.Name, item.ResourceVersion);
        }

        ObjectMeta meta = ProtobufMeta.ReadFromObject(found, _pools);
        if (type == WatchEventKind.Deleted && string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("a DELETED event names no object");
        return new WatchEvent<T>(type, null, meta.Name ?? "", meta.ResourceVersion ?? "", meta.InitialEventsEnd);
    }
}
