using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Berth.Seats.Keys;

namespace Berth.Seats.Tickets;

/// <summary>Reads tickets, strictly: what is not exactly a ticket of a known key is refused, with the reason.</summary>
internal static class TicketReader
{
    /// <summary>The longest ticket, in characters. A longer text is not looked at.</summary>
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
            if (!TryDecode(text[..first], bytes, out Span<byte> head)
                || !TryDecode(text[(first + 1)..last], bytes[head.Length..], out Span<byte> body)
                || !TryDecode(text[(last + 1)..], bytes[(head.Length + body.Length)..], out Span<byte> signature))
                return SeatRefusal.Malformed;
            SeatRefusal refusal = FindKey(head, keys, out SeatKey? key);
            if (refusal != SeatRefusal.None)
                return refusal;
            Span<byte> signed = bytes[(head.Length + body.Length + signature.Length)..];
            int length = Encoding.ASCII.GetBytes(text[..last], signed);
            if (signature.Length != key!.SignatureLength || !key.Verifies(signed[..length], signature))
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

    // .NET's decoder passes over white space and padding, which a ticket does not have (RFC 7515, 2).
    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> into, out Span<byte> decoded)
    {
        decoded = default;
        if (text.IsEmpty || text.ContainsAnyExcept(s_alphabet) || !Base64Url.TryDecodeFromChars(text, into, out int length))
            return false;
        decoded = into[..length];
        return true;
    }

    private static SeatRefusal FindKey(ReadOnlySpan<byte> head, SeatKeys keys, out SeatKey? key)
    {
        key = null;
        string? algorithm = null;
        string? id = null;
        Utf8JsonReader reader = Begin(head);
        while (NextName(ref reader, out string name))
        {
            bool isGood = name switch
            {
                "alg" => Take(ref algorithm, ReadText(ref reader)),
                "kid" => Take(ref id, ReadText(ref reader)),
                // What is critical there must be understood (RFC 7515, 4.1.11), and nothing of it is.
                "crit" => false,
                _ => Skip(ref reader),
            };
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
        while (NextName(ref reader, out string name))
        {
            bool isGood = name switch
            {
                "iss" => Take(ref issuer, ReadText(ref reader)),
                "aud" => Take(ref pod, ReadText(ref reader)),
                "jti" => Take(ref id, ReadText(ref reader)),
                "boot" => Take(ref boot, ReadText(ref reader)),
                "uid" => Take(ref uid, ReadText(ref reader)),
                "key" => Take(ref key, ReadText(ref reader)),
                "iat" => Take(ref issued, ReadNumber(ref reader)),
                "exp" => Take(ref expires, ReadNumber(ref reader)),
                "seats" => Take(ref seats, ReadNumber(ref reader)),
                "until" => Take(ref until, ReadNumber(ref reader)),
                _ => Skip(ref reader),
            };
            if (!isGood)
                return false;
        }

        if (issuer != TicketWriter.Issuer || pod is null || boot is null || id is null || !SeatIds.TryParse(id, out UInt128 number)
            || issued is null || expires is null || until is null || seats is not (>= 1 and <= int.MaxValue))
            return false;
        claims = new TicketClaims(pod, uid, boot, number, (int)seats.Value, key, issued.Value, expires.Value, until.Value);
        return true;
    }

    private static Utf8JsonReader Begin(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? reader : throw new JsonException();
    }

    private static bool NextName(ref Utf8JsonReader reader, out string name)
    {
        name = "";
        if (!reader.Read())
            throw new JsonException();
        if (reader.TokenType == JsonTokenType.EndObject)
            return reader.Read() ? throw new JsonException() : false;
        name = reader.GetString()!;
        return reader.Read() ? true : throw new JsonException();
    }

    private static string? ReadText(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    private static long? ReadNumber(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : null;

    private static bool Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return true;
    }

    // A name that is there twice has two meanings, and which of them counts differs between libraries.
    private static bool Take(ref string? place, string? value)
    {
        bool isGood = place is null && value is not null;
        place = value;
        return isGood;
    }

    private static bool Take(ref long? place, long? value)
    {
        bool isGood = place is null && value is not null;
        place = value;
        return isGood;
    }
}
