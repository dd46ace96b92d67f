using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>Reads one line of a watch. The order of its keys does not matter.</summary>
internal sealed class WatchEventDecoder<T>(IResourceDecoder<T> decoder)
    where T : class, IResource
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = JsonFields.MaxDepth };
    private readonly TextPools _pools = new();

    /// <summary>Reads the event.</summary>
    /// <exception cref="ResourceFormatException">The line is not an event as the API documents it.</exception>
    public WatchEvent<T> Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            WatchEventKind kind = Read(line, out T? item, out int start, out int length);
            if (kind == WatchEventKind.Unknown)
                return default;
            if (item is not null)
                return new WatchEvent<T>(kind, item, item.Name, item.ResourceVersion);
            if (length == 0)
                throw new ResourceFormatException("a watch event has no object");
            return DecodeObject(kind, line.Slice(start, length));
        }
        catch (JsonException exception)
        {
            throw new ResourceFormatException("a watch event is not valid JSON", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader refuses half of a surrogate pair in this way, also in a name that it only compares.
            throw new ResourceFormatException("a watch event contains text that is not valid Unicode", exception);
        }
    }

    /// <summary>
    /// Finds the type. If the type comes before the object, as every server writes it, it reads the object at once. Otherwise it returns
    /// the start and the end of the object.
    /// </summary>
    private WatchEventKind Read(ReadOnlySpan<byte> line, out T? item, out int start, out int length)
    {
        Utf8JsonReader reader = new(line, s_options);
        WatchEventKind? kind = null;
        item = null;
        start = length = 0;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new ResourceFormatException("a watch event is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                if (JsonFields.TryReadString(ref reader, "type", out bool present) && present)
                    kind = KindOf(ref reader);
                continue;
            }

            bool isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            int begin = (int)reader.TokenStartIndex;
            if (isObject && kind == WatchEventKind.Applied && reader.TokenType == JsonTokenType.StartObject)
            {
                item = DecodeItem(ref reader);
                continue;
            }

            reader.Skip();
            if (isObject && reader.TokenType == JsonTokenType.EndObject)
                (start, length) = (begin, (int)reader.BytesConsumed - begin);
        }

        // Nothing may follow. The reader throws if something does.
        reader.Read();
        return kind ?? throw new ResourceFormatException("a watch event has no type");
    }

    /// <summary>The line is complete, so an early end means broken JSON, and the reader throws.</summary>
    private T DecodeItem(ref Utf8JsonReader reader) =>
        decoder.TryDecode(ref reader, out T? item) ? item : throw new ResourceFormatException("the object of a watch event ends too early");

    private static WatchEventKind KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("MODIFIED"u8) || reader.ValueTextEquals("ADDED"u8) ? WatchEventKind.Applied
        : reader.ValueTextEquals("DELETED"u8) ? WatchEventKind.Deleted
        : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventKind.Bookmark
        : reader.ValueTextEquals("ERROR"u8) ? WatchEventKind.Error
        : WatchEventKind.Unknown;

    private WatchEvent<T> DecodeObject(WatchEventKind kind, ReadOnlySpan<byte> json)
    {
        if (kind == WatchEventKind.Error)
            return new WatchEvent<T>(kind, Status: KubernetesStatus.Parse(json.ToArray()));
        Utf8JsonReader reader = new(json, s_options);
        reader.Read();
        if (kind == WatchEventKind.Applied)
        {
            T item = DecodeItem(ref reader);
            return new WatchEvent<T>(kind, item, item.Name, item.ResourceVersion);
        }

        if (!ObjectMeta.TryReadFromObject(ref reader, _pools, out ObjectMeta meta))
            throw new ResourceFormatException("the object of a watch event ends too early");
        if (kind == WatchEventKind.Deleted && string.IsNullOrEmpty(meta.Name))
            throw new ResourceFormatException("a DELETED event names no object");
        return new WatchEvent<T>(kind, null, meta.Name ?? "", meta.ResourceVersion ?? "", meta.InitialEventsEnd);
    }
}
