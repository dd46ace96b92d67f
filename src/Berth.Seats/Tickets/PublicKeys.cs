using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Berth.Seats.Keys;

namespace Berth.Seats.Tickets;

/// <summary>Writes the public keys as a JSON Web Key Set (RFC 7517). Shared secrets are not in it.</summary>
internal static class PublicKeys
{
    public static ReadOnlyMemory<byte> Write(SeatKeys keys)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys"u8);
            foreach (PrivateSeatKey key in keys.All.OfType<PrivateSeatKey>())
            {
                (byte[] x, byte[] y) = key.GetPublicPoint();
                json.WriteStartObject();
                json.WriteString("kty"u8, "EC"u8);
                json.WriteString("crv"u8, "P-256"u8);
                json.WriteString("use"u8, "sig"u8);
                json.WriteString("alg"u8, key.Algorithm);
                json.WriteString("kid"u8, key.Id);
                json.WriteString("x"u8, Base64Url.EncodeToString(x));
                json.WriteString("y"u8, Base64Url.EncodeToString(y));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
