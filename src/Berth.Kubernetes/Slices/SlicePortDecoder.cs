using System.Text.Json;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads the ports of a slice from its JSON.</summary>
internal sealed class SlicePortDecoder
{
    private readonly FieldReader<PortLists> _readPort;
    private readonly FieldReader<Draft> _readField;
    private readonly TextPool _words;
    private PortLists _lists;

    public SlicePortDecoder(TextPool words, PortLists lists)
    {
        _words = words;
        _lists = lists;
        _readPort = TryReadOne;
        _readField = TryReadField;
    }

    /// <summary>
    /// Reads the array, starting at the property name <c>ports</c>. Null is an empty array. A port without a number is not a base, and is
    /// left out.
    /// </summary>
    public bool TryRead(scoped ref Utf8JsonReader reader, out EndpointPort[] ports)
    {
        _lists.Begin();
        bool read = JsonFields.TryReadArray(ref reader, "ports", ref _lists, _readPort);
        ports = read ? _lists.End() : [];
        return read;
    }

    private bool TryReadOne(scoped ref Utf8JsonReader reader, ref PortLists lists)
    {
        Draft port = default;
        if (!JsonFields.TryReadFields(ref reader, ref port, _readField))
            return false;
        lists.Add(port.Name, port.Protocol, port.Number);
        return true;
    }

    private bool TryReadField(scoped ref Utf8JsonReader reader, ref Draft port) =>
        reader.ValueTextEquals("name"u8) ? JsonFields.TryReadPooled(ref reader, "ports.name", _words, ref port.Name)
        : reader.ValueTextEquals("protocol"u8) ? JsonFields.TryReadPooled(ref reader, "ports.protocol", _words, ref port.Protocol)
        : reader.ValueTextEquals("port"u8) ? TryReadNumber(ref reader, out port.Number)
        : reader.TrySkip();

    private static bool TryReadNumber(scoped ref Utf8JsonReader reader, out int number)
    {
        number = 0;
        if (!reader.Read())
            return false;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out number))
            throw JsonFields.Unexpected(ref reader, "ports.port");
        return true;
    }

    private struct Draft
    {
        public string? Name;
        public string? Protocol;
        public int Number;
    }
}
