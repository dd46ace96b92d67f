using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>The body of a request for seats.</summary>
/// <param name="Seats">The number of seats. Default 1.</param>
/// <param name="Key">The client's key, such as a room; or null.</param>
/// <param name="Ttl">The time in which the client must come, in seconds; or null for the dispatcher's default.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SeatRequestMessage(int Seats = 1, string? Key = null, double? Ttl = null)
{
    /// <summary>Reads a body of these members alone, or gives null.</summary>
    public static SeatRequestMessage? FindPlain(ReadOnlySpan<byte> body) => PlainJson.Find(body, ReadPlain);

    private static SeatRequestMessage? ReadPlain(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader json = new(body);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return null;
        int seats = 1;
        string? key = null;
        double? ttl = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (PlainJson.IsName(ref json, "seats"u8) && PlainJson.ReadCount(ref json) is { } count)
                seats = count;
            else if (PlainJson.IsName(ref json, "ttl"u8) && PlainJson.ReadSeconds(ref json) is { } seconds)
                ttl = seconds;
            else if (PlainJson.IsName(ref json, "key"u8) && PlainJson.ReadText(ref json) is { } text)
                key = text;
            else
                return null;
        }

        return json.TokenType == JsonTokenType.EndObject && !json.Read() ? new SeatRequestMessage(seats, key, ttl) : null;
    }
}
