using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Seats.Keys;

/// <summary>A shared secret: HMAC with SHA-256.</summary>
internal sealed class SharedSeatKey(string id, byte[] secret) : SeatKey(id)
{
    /// <summary>The shortest secret in bytes: RFC 7518, 3.2 asks for the size of the hash.</summary>
    public const int MinLength = 32;

    // The secret is set up once and not for each ticket, which is a fifth of the time. One caller uses it at a time; another one then does
    // without.
    private IncrementalHash? _spare = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);

    public override string Algorithm => "HS256";

    public override int SignatureLength => HMACSHA256.HashSizeInBytes;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        IncrementalHash? hash = Interlocked.Exchange(ref _spare, null);
        if (hash is null)
        {
            HMACSHA256.HashData(secret, data, signature);
            return;
        }

        hash.AppendData(data);
        hash.GetHashAndReset(signature);
        Volatile.Write(ref _spare, hash);
    }

    public override bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    /// <summary>
    /// Returns the token that opens the desk of one pod: <c>ID.HMAC</c>. The secret itself never travels, and who sees the token cannot
    /// sign tickets.
    /// </summary>
    public string TokenFor(string pod)
    {
        Span<byte> proof = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // The input of a ticket's signature has no space, so no ticket's signature is a token.
        Sign(Encoding.UTF8.GetBytes("berth desk " + pod), proof);
        return $"{Id}.{Base64Url.EncodeToString(proof)}";
    }
}
