using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Berth.Seats.Keys;

namespace Berth.Seats.Tickets;

/// <summary>Reads tickets strictly: anything except an exact ticket of a known key is refused, with the reason.</summary>
internal static class TicketReader
{
    /// <summary>The longest ticket, in characters. A longer text is refused at once.</summary>
    public const int MaxLength = 4096;

    private const int MaxDepth = 4;

    private static readonly SearchValues<char> s_alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Reads a ticket and checks its signature. Does not look at its times, pod and process; the desk does.</summary>
    public static SeatRefusal Read(ReadOnlySpan<char> text, SeatKeys keys, out TicketClaims claims)
    {
        claims = default;
        if (text.Length > MaxLength)
            return SeatRefusal.Malformed;
        int first = text.IndexOf('.');
        int last = text.LastIndexOf('.');
        if (first < 0 || first == last)
            return SeatRefusal.Malformed;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(3 * MaxLength);
        try
        {
            Span<byte> bytes = buffer;
            if (!TryDecode(text[(first + 1)..last], bytes, out Span<byte> body)
                || !TryDecode(text[(last + 1)..], bytes[body.Length..], out Span<byte> signature))
                return SeatRefusal.Malformed;
            Span<byte> rest = bytes[(body.Length + signature.Length)..];
            SeatRefusal refusal = FindKey(text[..first], rest, keys, out SeatKey? key);
            if (refusal != SeatRefusal.None)
                return refusal;
            int length = Encoding.ASCII.GetBytes(text[..last], rest);
            if (signature.Length != key!.SignatureLength || !key.Verifies(rest[..length], signature))
                return SeatRefusal.BadSignature;
            return TryReadClaims(body, out claims) ? SeatRefusal.None : SeatRefusal.Malformed;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            // FormatException: a number that is too large. InvalidOperationException: a text that is not UTF-8.
            return SeatRefusal.Malformed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // .NET's decoder ignores white space and padding, which a ticket does not have (RFC 7515, 2).
    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> into, out Span<byte> decoded)
    {
        decoded = default;
        if (text.IsEmpty || text.ContainsAnyExcept(s_alphabet) || !Base64Url.TryDecodeFromChars(text, into, out int length))
            return false;
        decoded = into[..length];
        return true;
    }

    // Nearly every ticket has the same header as the tickets of the current key, so the header is compared and not parsed.
    private static SeatRefusal FindKey(ReadOnlySpan<char> text, Span<byte> buffer, SeatKeys keys, out SeatKey? key)
    {
        key = keys.Signing;
        return text.SequenceEqual(key.TicketHead) ? SeatRefusal.None
            : TryDecode(text, buffer, out Span<byte> head) ? ReadHead(head, keys, out key)
            : SeatRefusal.Malformed;
    }

    private static SeatRefusal ReadHead(ReadOnlySpan<byte> head, SeatKeys keys, out SeatKey? key)
    {
        key = null;
        string? algorithm = null;
        string? id = null;
        Utf8JsonReader reader = Begin(head);
        while (NextName(ref reader))
        {
            // A reader must understand every critical header (RFC 7515, 4.1.11). This one understands none.
            bool isGood = reader.ValueTextEquals("alg"u8) ? TakeText(ref reader, ref algorithm)
                : reader.ValueTextEquals("kid"u8) ? TakeText(ref reader, ref id)
                : !reader.ValueTextEquals("crit"u8) && Skip(ref reader);
            if (!isGood)
                return SeatRefusal.Malformed;
        }

        if (algorithm is null)
            return SeatRefusal.Malformed;
        if (algorithm is not ("HS256" or "ES256"))
            return SeatRefusal.OtherAlgorithm;
        key = id is null ? null : keys.Find(id);
        return key is null ? SeatRefusal.UnknownKey
            : key.Algorithm != algorithm ? SeatRefusal.OtherAlgorithm
            : SeatRefusal.None;
    }

    private static bool TryReadClaims(ReadOnlySpan<byte> body, out TicketClaims claims)
    {
        claims = default;
        string? issuer = null, pod = null, id = null, boot = null, uid = null, key = null;
        long? issued = null, expires = null, seats = null, until = null;
        Utf8JsonReader reader = Begin(body);
        while (NextName(ref reader))
        {
            bool isGood = reader.ValueTextEquals("iss"u8) ? TakeText(ref reader, ref issuer)
                : reader.ValueTextEquals("aud"u8) ? TakeText(ref reader, ref pod)
                : reader.ValueTextEquals("jti"u8) ? TakeText(ref reader, ref id)
                : reader.ValueTextEquals("boot"u8) ? TakeText(ref reader, ref boot)
                : reader.ValueTextEquals("uid"u8) ? TakeText(ref reader, ref uid)
                : reader.ValueTextEquals("key"u8) ? TakeText(ref reader, ref key)
                : reader.ValueTextEquals("iat"u8) ? TakeNumber(ref reader, ref issued)
                : reader.ValueTextEquals("exp"u8) ? TakeNumber(ref reader, ref expires)
                : reader.ValueTextEquals("seats"u8) ? TakeNumber(ref reader, ref seats)
                : reader.ValueTextEquals("until"u8) ? TakeNumber(ref reader, ref until)
                : Skip(ref reader);
            if (!isGood)
                return false;
        }

        if (issuer != TicketWriter.Issuer || pod is null || boot is null)
            return false;
        if (id is null || !SeatIds.TryParse(id, out UInt128 number) || seats is not (>= 1 and <= int.MaxValue))
            return false;
        if (issued is null || expires is null || until is null)
            return false;
        claims = new TicketClaims(pod, uid, boot, number, (int)seats.Value, key, issued.Value, expires.Value, until.Value);
        return true;
    }

    private static Utf8JsonReader Begin(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? reader : throw new JsonException();
    }

    private static bool NextName(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            throw new JsonException();
        if (reader.TokenType != JsonTokenType.EndObject)
            return true;
        return reader.Read() ? throw new JsonException() : false;
    }

    private static bool Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return true;
    }

    // A repeated name has two values, and libraries differ in which of them counts.
    private static bool TakeText(ref Utf8JsonReader reader, ref string? taken)
    {
        if (taken is not null || !reader.Read() || reader.TokenType != JsonTokenType.String)
            return false;
        taken = reader.GetString();
        return true;
    }

    private static bool TakeNumber(ref Utf8JsonReader reader, ref long? taken)
    {
        if (taken is not null || !reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number))
            return false;
        taken = number;
        return true;
    }
}
