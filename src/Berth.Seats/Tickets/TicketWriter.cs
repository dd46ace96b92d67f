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
        writer.WriteStartObject();
        writer.WriteString("alg"u8, key.Algorithm);
        writer.WriteString("typ"u8, "JWT"u8);
        writer.WriteString("kid"u8, key.Id);
        writer.WriteEndObject();
        writer.Flush();
        int head = json.WrittenCount;
        writer.Reset();
        WriteClaims(writer, claims);
        writer.Flush();
        return Sign(json.WrittenSpan[..head], json.WrittenSpan[head..], key);
    }

    /// <summary>Joins and signs the parts.</summary>
    internal static string Sign(ReadOnlySpan<byte> head, ReadOnlySpan<byte> claims, SeatKey key)
    {
        int headLength = Base64Url.GetEncodedLength(head.Length);
        int claimsLength = Base64Url.GetEncodedLength(claims.Length);
        int signed = headLength + 1 + claimsLength;
        byte[] text = new byte[signed + 1 + Base64Url.GetEncodedLength(key.SignatureLength)];
        Base64Url.EncodeToUtf8(head, text);
        text[headLength] = (byte)'.';
        Base64Url.EncodeToUtf8(claims, text.AsSpan(headLength + 1));
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
