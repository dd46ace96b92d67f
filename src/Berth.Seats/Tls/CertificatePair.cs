using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Berth.Seats.Tls;

/// <summary>A server's certificate with its key and chain, read from two PEM files.</summary>
/// <param name="Context">The certificate in the form for TLS.</param>
/// <param name="Names">The host names in it, in lower case; <c>*.example.com</c> stands for one label.</param>
/// <param name="NotAfter">The time of its expiry.</param>
internal sealed record CertificatePair(SslStreamCertificateContext Context, IReadOnlyList<string> Names, DateTimeOffset NotAfter)
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string AnyUsage = "2.5.29.37.0";

    /// <summary>Returns the certificate, or null with the fault as a sentence, which never contains a part of the key.</summary>
    /// <param name="certificatePath">The path of the certificate, for the sentence.</param>
    /// <param name="certificatePem">The certificate, followed by those up to its root.</param>
    /// <param name="keyPath">The path of the key, for the sentence.</param>
    /// <param name="keyPem">The key, not encrypted.</param>
    /// <param name="fault">The fault, or null.</param>
    public static CertificatePair? TryCreate(
        string certificatePath, byte[] certificatePem, string keyPath, byte[] keyPem, out string? fault)
    {
        string key = Encoding.UTF8.GetString(keyPem);
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            fault = $"{keyPath} contains no private key in PEM. Give the key of {certificatePath}.";
            return null;
        }

        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            fault = $"The key in {keyPath} is encrypted. Give it without a password, in a file that only this user may read.";
            return null;
        }

        X509Certificate2Collection chain = [];
        try
        {
            chain.ImportFromPem(Encoding.UTF8.GetString(certificatePem));
            if (chain.Count == 0)
            {
                fault = $"{certificatePath} contains no certificate in PEM. Give the server's certificate, with its chain behind it.";
                return null;
            }

            using X509Certificate2 leaf = chain[0];
            chain.RemoveAt(0);
            fault = FaultOf(certificatePath, leaf);
            return fault is null ? Join(leaf, key, chain) : null;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            fault = $"The certificate in {certificatePath} and the key in {keyPath} do not make a pair: "
                + $"{exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Give both of one certificate.";
            return null;
        }
    }

    private static string? FaultOf(string path, X509Certificate2 leaf)
    {
        X509EnhancedKeyUsageExtension? usage = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        return usage is null || usage.EnhancedKeyUsages.Cast<Oid>().Any(static oid => oid.Value is ServerUsage or AnyUsage)
            ? null
            : $"The first certificate in {path} is not for servers (extended key usage). Give the server's certificate, then its chain.";
    }

    private static CertificatePair Join(X509Certificate2 leaf, string key, X509Certificate2Collection chain)
    {
        X509Certificate2 certificate = leaf.GetKeyAlgorithm() switch
        {
            "1.2.840.113549.1.1.1" => WithKey(leaf, key, RSA.Create(), static (c, k) => c.CopyWithPrivateKey(k)),
            "1.2.840.10045.2.1" => WithKey(leaf, key, ECDsa.Create(), static (c, k) => c.CopyWithPrivateKey(k)),
            string other => throw new CryptographicException($"keys of the kind {other} are not supported, only RSA and ECDSA"),
        };
        // Offline switches off two downloads, because no start and no handshake may depend on them: missing intermediate certificates,
        // while the chain is built, and OCSP responses to staple, which .NET on Linux would otherwise fetch here and again at handshakes
        // (SslStreamCertificateContext.Create; dotnet/runtime, SslStreamCertificateContext.Linux.cs, SetNoOcspFetch).
        return new CertificatePair(
            SslStreamCertificateContext.Create(certificate, chain, offline: true), NamesOf(certificate),
            new DateTimeOffset(certificate.NotAfter));
    }

    private static X509Certificate2 WithKey<T>(X509Certificate2 leaf, string pem, T key, Func<X509Certificate2, T, X509Certificate2> join)
        where T : AsymmetricAlgorithm
    {
        using (key)
        {
            key.ImportFromPem(pem);
            return join(leaf, key);
        }
    }

    private static string[] NamesOf(X509Certificate2 certificate) =>
    [
        .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static names => names.EnumerateDnsNames())
            .Select(static name => name.ToLowerInvariant()),
    ];
}
