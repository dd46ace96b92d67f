using System.Text;
using System.Text.Json;

namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>Reads cut JSON Lines in the ways in which clients read them.</summary>
internal static class LineCuts
{
    /// <summary>The events that a client was handed, and the id that it then holds.</summary>
    public static (IReadOnlyList<CutEvent> Events, string Id) Parse(byte[] bytes, LineReading reading)
    {
        List<CutEvent> events = [];
        string id = "";
        int at = 0;
        while (at < bytes.Length)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', at);
            ReadOnlySpan<byte> line = bytes.AsSpan(at..(end < 0 ? bytes.Length : end));
            if (end < 0 && (reading == LineReading.Whole || (reading == LineReading.Rest && !IsObject(line))))
                break;
            (CutEvent? received, string? itsId) = ReadMembers(line);
            if (end < 0 && itsId is null)
                break;
            if (received is not null)
                events.Add(received);
            id = itsId ?? id;
            at = end < 0 ? bytes.Length : end + 1;
        }

        return (events, id);
    }

    private static bool IsObject(ReadOnlySpan<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(line));
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Goes through the members of a line for as long as their values are there whole.</summary>
    private static (CutEvent? Received, string? Id) ReadMembers(ReadOnlySpan<byte> line)
    {
        string? kind = null, data = null, id = null;
        Utf8JsonReader reader = new(line, isFinalBlock: false, default);
        if (!reader.Read())
            return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!reader.Read())
                break;
            int start = (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
                break;
            string value = Encoding.UTF8.GetString(line[start..(int)reader.BytesConsumed]);
            switch (name)
            {
                case "event": kind = value.Trim('"'); break;
                case "data": data = value; break;
                case "id": id = value.Trim('"'); break;
                default: throw new FormatException($"A line has the member {name}.");
            }
        }

        return (kind is null || data is null ? null : new CutEvent(kind, data), id);
    }
}
