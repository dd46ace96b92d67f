using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Seats.Desks;

/// <summary>Idempotency keys are kept as hashes, so that each costs the same memory.</summary>
internal static class IdempotencyKey
{
    /// <summary>The longest key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Returns the first half of the SHA-256, never 0; 0 for no key.</summary>
    public static UInt128 Hash(string? key)
    {
        if (key is null)
            return 0;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash) | 1;
    }
}
