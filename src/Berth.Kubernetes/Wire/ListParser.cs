using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>Reads a list in JSON piece by piece.</summary>
internal sealed class ListParser<T>(IResourceDecoder<T> decoder, List<T> items) : IListParser
    where T : class, IResource
{
    private enum Position
    {
        Start,
        Fields,
        Items,
        End,
    }

    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = JsonFields.MaxDepth });
    private Position _position = Position.Start;

    /// <inheritdoc/>
    public ListAnswer Answer { get; } = new();

    /// <inheritdoc/>
    public bool IsComplete => _position == Position.End;

    /// <inheritdoc/>
    public int Consume(ReadOnlySpan<byte> data, bool final)
    {
        Utf8JsonReader reader = new(data, final, _state);
        Utf8JsonReader done = reader;
        try
        {
            while (TryStep(ref reader))
                done = reader;
        }
        catch (InvalidOperationException exception)
        {
            // The reader refuses half of a surrogate pair in this way, also in a name that it only compares.
            throw new ResourceFormatException("the answer contains text that is not valid Unicode", exception);
        }

        _state = done.CurrentState;
        return (int)done.BytesConsumed;
    }

    private bool TryStep(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        switch (_position)
        {
            case Position.Start when reader.TokenType == JsonTokenType.StartObject:
                _position = Position.Fields;
                return true;
            case Position.Fields when reader.TokenType == JsonTokenType.EndObject:
                _position = Position.End;
                return true;
            case Position.Fields:
                return TryReadField(ref reader);
            case Position.Items when reader.TokenType == JsonTokenType.EndArray:
                _position = Position.Fields;
                return true;
            case Position.Items when reader.TokenType == JsonTokenType.StartObject:
                if (!decoder.TryDecode(ref reader, out T? item))
                    return false;
                items.Add(item);
                return true;
            default:
                throw new ResourceFormatException($"the answer is not a {decoder.ListKind}");
        }
    }

    private bool TryReadField(ref Utf8JsonReader reader)
    {
        string? text = null;
        if (reader.ValueTextEquals("items"u8))
        {
            if (!JsonFields.TryEnterArray(ref reader, "items", out bool present))
                return false;
            Answer.HasItems = true;
            if (present)
                _position = Position.Items;
            return true;
        }

        if (reader.ValueTextEquals("metadata"u8))
            return TryReadMetadata(ref reader);
        bool isKind = reader.ValueTextEquals("kind"u8);
        if (!isKind && !reader.ValueTextEquals("apiVersion"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, isKind ? "kind" : "apiVersion", ref text))
            return false;
        if (isKind)
            Answer.Kind = text;
        else
            Answer.ApiVersion = text;
        return true;
    }

    private bool TryReadMetadata(ref Utf8JsonReader reader)
    {
        (string? Version, string? Continue) meta = (null, null);
        if (!JsonFields.TryReadObject(ref reader, "metadata", ref meta, TryReadMetadataField))
            return false;
        (Answer.ResourceVersion, Answer.Continue) = meta;
        return true;
    }

    private static bool TryReadMetadataField(scoped ref Utf8JsonReader reader, ref (string? Version, string? Continue) meta) =>
        reader.ValueTextEquals("resourceVersion"u8) ? JsonFields.TryReadString(ref reader, "metadata.resourceVersion", ref meta.Version)
        : reader.ValueTextEquals("continue"u8) ? JsonFields.TryReadString(ref reader, "metadata.continue", ref meta.Continue)
        : reader.TrySkip();
}
