using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Berth.Seats.Keys;

/// <summary>One key: it signs tickets and verifies them. A shared secret (HS256) also proves that a client of a desk may ask it.</summary>
internal abstract class SeatKey
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxIdLength = 64;

    protected SeatKey(string id) => Id = id;

    /// <summary>Its id, the <c>kid</c> of a ticket.</summary>
    public string Id { get; }

    /// <summary>Its algorithm, the <c>alg</c> of a ticket (RFC 7518, 3.1).</summary>
    public abstract string Algorithm { get; }

    /// <summary>The number of bytes of its signatures.</summary>
    public abstract int SignatureLength { get; }

    /// <summary>The first part of the tickets that it signs, as they carry it: the header in base64url (RFC 7515, 3.1).</summary>
    public string TicketHead => field ??= EncodeHead();

    /// <summary>Writes a signature of <see cref="SignatureLength"/> bytes.</summary>
    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    /// <summary>True when the signature is that of the data and this key.</summary>
    public abstract bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    private string EncodeHead()
    {
        ArrayBufferWriter<byte> json = new(128);
        using Utf8JsonWriter writer = new(json);
        writer.WriteStartObject();
        writer.WriteString("alg"u8, Algorithm);
        writer.WriteString("typ"u8, "JWT"u8);
        writer.WriteString("kid"u8, Id);
        writer.WriteEndObject();
        writer.Flush();
        return Base64Url.EncodeToString(json.WrittenSpan);
    }
}
