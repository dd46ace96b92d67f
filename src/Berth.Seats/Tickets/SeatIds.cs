using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Berth.Seats.Tickets;

/// <summary>The texts of reservation ids: 32 hexadecimal digits.</summary>
internal static class SeatIds
{
    public const int Length = 32;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Returns a new id. It cannot be guessed, because who knows an id may release it; it is never 0.</summary>
    public static UInt128 Create()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes) | 1;
    }

    public static string Format(UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[Length / 2];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return Convert.ToHexStringLower(bytes);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Length / 2];
        if (text.Length != Length || text.ContainsAnyExcept(s_digits))
            return false;
        if (Convert.FromHexString(text, bytes, out _, out _) != OperationStatus.Done)
            return false;
        id = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }
}
