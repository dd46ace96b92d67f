using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Dispatcher.Seats;

/// <summary>The body of a request for seats.</summary>
/// <param name="Seats">The number of seats. Default 1.</param>
/// <param name="Key">The client's key, such as a room; or null.</param>
/// <param name="Ttl">The time that the client has to come, in seconds; or null for the dispatcher's default.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SeatRequestMessage(int Seats = 1, string? Key = null, double? Ttl = null)
{
    /// <summary>
    /// Reads a body of these members alone. For everything else the answer is null, and the serialiser decides, with its faults and their
    /// paths. It takes a third of the serialiser's time, and each client's request is one of these.
    /// </summary>
    public static SeatRequestMessage? FindPlain(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadPlain(body);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is not UTF-8.
            return null;
        }
    }

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
            if (json.ValueTextEquals("seats"u8) && json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int count))
                seats = count;
            else if (json.TokenType != JsonTokenType.PropertyName)
                return null;
            else if (json.ValueTextEquals("ttl"u8) && json.Read() && json.TokenType == JsonTokenType.Number
                && json.TryGetDouble(out double time))
                ttl = time;
            else if (json.TokenType != JsonTokenType.PropertyName)
                return null;
            else if (json.ValueTextEquals("key"u8) && json.Read() && json.TokenType == JsonTokenType.String)
                key = json.GetString();
            else
                return null;
        }

        return json.TokenType == JsonTokenType.EndObject && !json.Read() ? new SeatRequestMessage(seats, key, ttl) : null;
    }
}
