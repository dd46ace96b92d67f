using System.Security.Cryptography;

namespace Berth.Seats.Keys;

/// <summary>A private key on the curve P-256 (ES256): servers that have only its public half can verify, and cannot sign.</summary>
internal sealed class PrivateSeatKey(string id, ECDsa key) : SeatKey(id)
{
    private readonly Lock _lock = new();

    public override string Algorithm => "ES256";

    public override int SignatureLength => 64;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        // ECDsa is not documented as safe for several threads.
        lock (_lock)
            key.SignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public override bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_lock)
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Returns the coordinates of the public key.</summary>
    public (byte[] X, byte[] Y) GetPublicPoint()
    {
        lock (_lock)
        {
            ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
            return (parameters.Q.X!, parameters.Q.Y!);
        }
    }
}
