using System.Text.Json;

namespace Berth.Seats.Wire;

/// <summary>
/// Reads the messages of every reservation in their plain form, because the serialiser was 12% of a dispatcher's time and 15% of a desk's.
/// </summary>
internal static class PlainMessages
{
    /// <summary>Reads a batch of requests.</summary>
    public static ReserveBatch? FindBatch(ReadOnlySpan<byte> bytes) => PlainJson.Find(bytes, ReadBatch);

    /// <summary>Reads the answers to a batch.</summary>
    public static ReserveResults? FindResults(ReadOnlySpan<byte> bytes) => PlainJson.Find(bytes, ReadResults);

    private static ReserveBatch? ReadBatch(ReadOnlySpan<byte> bytes)
    {
        Utf8JsonReader json = new(bytes);
        if (!IsObjectWithArray(ref json, "requests"u8))
            return null;
        List<ReserveMessage> requests = [];
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (ReadRequest(ref json) is not { } request)
                return null;
            requests.Add(request);
        }

        return IsEnd(ref json) ? new ReserveBatch(requests) : null;
    }

    private static ReserveResults? ReadResults(ReadOnlySpan<byte> bytes)
    {
        Utf8JsonReader json = new(bytes);
        if (!IsObjectWithArray(ref json, "results"u8))
            return null;
        List<SeatMessage> results = [];
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (ReadSeat(ref json) is not { } seat)
                return null;
            results.Add(seat);
        }

        if (json.TokenType != JsonTokenType.EndArray)
            return null;
        string? boot = null;
        long? version = null;
        int? free = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (PlainJson.IsName(ref json, "boot"u8))
                boot = PlainJson.ReadText(ref json);
            else if (PlainJson.IsName(ref json, "version"u8))
                version = json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long number) ? number : null;
            else if (PlainJson.IsName(ref json, "free"u8))
                free = PlainJson.ReadCount(ref json);
            else
                return null;
        }

        return json.TokenType == JsonTokenType.EndObject && !json.Read() && boot is not null && version is { } changes && free is { } seats
            ? new ReserveResults(results, boot, changes, seats)
            : null;
    }

    private static ReserveMessage? ReadRequest(ref Utf8JsonReader json)
    {
        int? seats = null;
        double? ttl = null;
        string? key = null;
        string? idempotency = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (PlainJson.IsName(ref json, "seats"u8))
                seats = PlainJson.ReadCount(ref json);
            else if (PlainJson.IsName(ref json, "ttl"u8))
                ttl = PlainJson.ReadSeconds(ref json);
            else if (PlainJson.IsName(ref json, "key"u8) && PlainJson.ReadText(ref json) is { } givenKey)
                key = givenKey;
            else if (PlainJson.IsName(ref json, "idempotencyKey"u8) && PlainJson.ReadText(ref json) is { } givenIdempotency)
                idempotency = givenIdempotency;
            else
                return null;
        }

        return json.TokenType == JsonTokenType.EndObject && seats is { } count && ttl is { } seconds
            ? new ReserveMessage(count, seconds, key, idempotency)
            : null;
    }

    private static SeatMessage? ReadSeat(ref Utf8JsonReader json)
    {
        string? reservation = null;
        string? phase = null;
        string? ticket = null;
        int? seats = null;
        double? ttl = null;
        DateTimeOffset? expires = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (PlainJson.IsName(ref json, "reservation"u8))
                reservation = PlainJson.ReadText(ref json);
            else if (PlainJson.IsName(ref json, "phase"u8))
                phase = PlainJson.ReadText(ref json);
            else if (PlainJson.IsName(ref json, "seats"u8))
                seats = PlainJson.ReadCount(ref json);
            else if (PlainJson.IsName(ref json, "ticket"u8))
                ticket = PlainJson.ReadText(ref json);
            else if (PlainJson.IsName(ref json, "expiresAt"u8))
                expires = PlainJson.ReadTime(ref json);
            else if (PlainJson.IsName(ref json, "ttl"u8))
                ttl = PlainJson.ReadSeconds(ref json);
            else
                return null;
        }

        // A refusal has another form, so the serialiser reads it.
        bool hasTexts = reservation is not null && phase is not null && ticket is not null;
        bool hasNumbers = seats is not null && ttl is not null && expires is not null;
        return json.TokenType == JsonTokenType.EndObject && hasTexts && hasNumbers
            ? new SeatMessage(null, null, reservation, phase, seats, ticket, expires, ttl)
            : null;
    }

    /// <summary>Reads into an object whose first member is this array.</summary>
    private static bool IsObjectWithArray(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        bool isObject = json.Read() && json.TokenType == JsonTokenType.StartObject;
        bool isMember = isObject && json.Read() && PlainJson.IsName(ref json, name);
        return isMember && json.Read() && json.TokenType == JsonTokenType.StartArray;
    }

    private static bool IsEnd(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.EndArray && json.Read() && json.TokenType == JsonTokenType.EndObject && !json.Read();
}
