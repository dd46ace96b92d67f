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

    /// <summary>Writes a signature of <see cref="SignatureLength"/> bytes.</summary>
    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    /// <summary>True when the signature is that of the data and this key.</summary>
    public abstract bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
