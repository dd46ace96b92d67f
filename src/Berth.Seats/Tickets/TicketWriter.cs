using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Berth.Seats.Keys;

namespace Berth.Seats.Tickets;

/// <summary>Writes tickets: signed JSON Web Tokens in the compact form (RFC 7519; RFC 7515, 3.1).</summary>
internal static class TicketWriter
{
    /// <summary>The <c>iss</c> of every ticket.</summary>
    public const string Issuer = "berth";

    public static string Write(in TicketClaims claims, SeatKey key)
    {
        ArrayBufferWriter<byte> json = new(512);
        using Utf8JsonWriter writer = new(json);
        WriteClaims(writer, claims);
        writer.Flush();
        return Sign(key.TicketHead, json.WrittenSpan, key);
    }

    /// <summary>Joins and signs the parts.</summary>
    /// <param name="head">The header in base64url.</param>
    /// <param name="claims">The claims, as JSON.</param>
    /// <param name="key">The key.</param>
    internal static string Sign(string head, ReadOnlySpan<byte> claims, SeatKey key)
    {
        int signed = head.Length + 1 + Base64Url.GetEncodedLength(claims.Length);
        byte[] text = new byte[signed + 1 + Base64Url.GetEncodedLength(key.SignatureLength)];
        Encoding.ASCII.GetBytes(head, text);
        text[head.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(claims, text.AsSpan(head.Length + 1));
        Span<byte> signature = stackalloc byte[key.SignatureLength];
        key.Sign(text.AsSpan(0, signed), signature);
        text[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, text.AsSpan(signed + 1));
        return Encoding.ASCII.GetString(text);
    }

    private static void WriteClaims(Utf8JsonWriter writer, in TicketClaims claims)
    {
        writer.WriteStartObject();
        writer.WriteString("iss"u8, Issuer);
        writer.WriteString("aud"u8, claims.Pod);
        writer.WriteString("jti"u8, SeatIds.Format(claims.Id));
        writer.WriteNumber("iat"u8, claims.IssuedAt);
        writer.WriteNumber("exp"u8, claims.ExpiresAt);
        writer.WriteString("boot"u8, claims.Boot);
        if (claims.Uid is not null)
            writer.WriteString("uid"u8, claims.Uid);
        writer.WriteNumber("seats"u8, claims.Seats);
        writer.WriteNumber("until"u8, claims.Until);
        if (claims.Key is not null)
            writer.WriteString("key"u8, claims.Key);
        writer.WriteEndObject();
    }
}
