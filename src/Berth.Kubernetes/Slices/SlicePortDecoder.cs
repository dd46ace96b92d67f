using System.Text.Json;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads the ports of a slice from its JSON.</summary>
internal sealed class SlicePortDecoder(StringPool pool, PortLists lists)
{
    /// <summary>
    /// Reads the array from the property name <c>ports</c> on; null is an empty one. A port without a number is no base and is left out.
    /// </summary>
    public bool TryRead(ref Utf8JsonReader reader, out EndpointPort[] ports)
    {
        ports = [];
        lists.Begin();
        if (!JsonFields.TryEnterArray(ref reader, "ports", out bool present))
            return false;
        while (present)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndArray)
                break;
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonFields.Unexpected(ref reader, "ports");
            if (!TryReadOne(ref reader))
                return false;
        }

        ports = lists.End();
        return true;
    }

    private bool TryReadOne(ref Utf8JsonReader reader)
    {
        string? name = null;
        string? protocol = null;
        int number = 0;
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("name"u8) ? JsonFields.TryReadPooled(ref reader, "ports.name", pool, ref name)
                : reader.ValueTextEquals("protocol"u8) ? JsonFields.TryReadPooled(ref reader, "ports.protocol", pool, ref protocol)
                : reader.ValueTextEquals("port"u8) ? TryReadNumber(ref reader, out number)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        lists.Add(name, protocol, number);
        return true;
    }

    private static bool TryReadNumber(ref Utf8JsonReader reader, out int number)
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
}
