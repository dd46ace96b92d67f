namespace Berth.Kubernetes.Wire;

/// <summary>Reads a list in protobuf piece by piece, as <see cref="ListParser{T}"/> does in JSON.</summary>
internal sealed class ProtobufListParser<T>(IProtobufDecoder<T> decoder, List<T> items) : IListParser
    where T : class, IResource
{
    private const int ListMeta = 1;
    private const int Items = 2;

    private bool _hasStarted;
    private bool _entered;
    private long _left;

    /// <inheritdoc/>
    // In protobuf a list without items has no such field.
    public ListAnswer Answer { get; } = new() { HasItems = true };

    /// <inheritdoc/>
    public bool IsComplete => _entered && _left == 0;

    /// <inheritdoc/>
    public int Consume(ReadOnlySpan<byte> data, bool final)
    {
        int consumed = 0;
        while (TryStep(data[consumed..], out int step))
            consumed += step;
        return final && consumed < data.Length ? throw new ResourceFormatException("the answer is cut short") : consumed;
    }

    private bool TryStep(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        if (!_hasStarted)
            return TryBegin(data, out consumed);
        ProtobufReader reader = new(data.Length > _left && _left > 0 ? data[..(int)_left] : data);
        if (_left > 0)
        {
            if (!TryReadListField(ref reader))
                return data.Length >= _left ? throw new ResourceFormatException("a field of the list is longer than the list") : false;
            _left -= reader.Position;
        }
        else if (!TryReadEnvelopeField(ref reader))
        {
            return false;
        }

        consumed = reader.Position;
        return true;
    }

    private bool TryBegin(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = ProtobufEnvelope.Magic.Length;
        if (data.Length < consumed)
            return false;
        _hasStarted = data.StartsWith(ProtobufEnvelope.Magic);
        return _hasStarted ? true : throw new ResourceFormatException("the answer is not in the protobuf encoding of Kubernetes");
    }

    private bool TryReadEnvelopeField(ref ProtobufReader reader)
    {
        // Do not read it as a field, because it is as long as the whole list.
        if (!_entered && reader.TryEnter(ProtobufEnvelope.Raw, out _left))
        {
            _entered = true;
            return true;
        }

        if (!reader.TryRead())
            return false;
        if (reader.Field == ProtobufEnvelope.TypeMeta)
            (Answer.ApiVersion, Answer.Kind) = ProtobufEnvelope.ReadTypeMeta(reader.Bytes("typeMeta"));
        return true;
    }

    private bool TryReadListField(ref ProtobufReader reader)
    {
        if (!reader.TryRead())
            return false;
        if (reader.Field == Items)
            items.Add(decoder.Decode(reader.Bytes("items")));
        else if (reader.Field == ListMeta)
            ReadMeta(reader.Bytes("metadata"));
        return true;
    }

    private void ReadMeta(ReadOnlySpan<byte> message)
    {
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 2)
                Answer.ResourceVersion = reader.Text("metadata.resourceVersion");
            else if (reader.Field == 3)
                Answer.Continue = reader.Text("metadata.continue");
        }
    }
}
