using System.Text.Json;
using Berth.Kubernetes.Resources;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Reads a list piece by piece, so that a list of any length needs no more memory than its longest object and what is kept of the others.
/// </summary>
internal sealed class ListParser<T>(IResourceDecoder<T> decoder, List<T> items)
    where T : class, IResource
{
    private enum Place
    {
        Start,
        Fields,
        Items,
        End,
    }

    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = JsonFields.MaxDepth });
    private Place _place = Place.Start;

    /// <summary>What has been read around the items.</summary>
    public ListAnswer Answer { get; } = new();

    /// <summary>True when the list has been read to its closing brace.</summary>
    public bool IsComplete => _place == Place.End;

    /// <summary>Reads as far as whole objects go.</summary>
    /// <param name="data">What was not consumed before, and more.</param>
    /// <param name="final">True when nothing follows.</param>
    /// <returns>How many bytes are done with.</returns>
    /// <exception cref="JsonException">The JSON is broken, or ends too early.</exception>
    /// <exception cref="ResourceFormatException">It is not such a list.</exception>
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
            // So the reader refuses an escaped half of a surrogate pair, be it in a name it only compares.
            throw new ResourceFormatException("the answer holds text that is not valid Unicode", exception);
        }

        _state = done.CurrentState;
        return (int)done.BytesConsumed;
    }

    private bool TryStep(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        switch (_place)
        {
            case Place.Start when reader.TokenType == JsonTokenType.StartObject:
                _place = Place.Fields;
                return true;
            case Place.Fields when reader.TokenType == JsonTokenType.EndObject:
                _place = Place.End;
                return true;
            case Place.Fields:
                return TryReadField(ref reader);
            case Place.Items when reader.TokenType == JsonTokenType.EndArray:
                _place = Place.Fields;
                return true;
            case Place.Items when reader.TokenType == JsonTokenType.StartObject:
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
                _place = Place.Items;
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
        string? version = null;
        string? next = null;
        if (!JsonFields.TryEnterObject(ref reader, "metadata", out bool present))
            return false;
        while (present)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("resourceVersion"u8) ? JsonFields.TryReadString(ref reader, "metadata.resourceVersion", ref version)
                : reader.ValueTextEquals("continue"u8) ? JsonFields.TryReadString(ref reader, "metadata.continue", ref next)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        (Answer.ResourceVersion, Answer.Continue) = (version, next);
        return true;
    }
}
