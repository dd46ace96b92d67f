using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Kubernetes.Access.Trust;

/// <summary>The certificates of a CA file. Each is trusted, root or not, as in kubectl.</summary>
internal static class CertificateBundle
{
    private const string Label = "CERTIFICATE";

    /// <summary>Reads PEM. A block that is not a certificate is skipped, as in kubectl, because that never adds trust.</summary>
    /// <exception cref="ClusterAccessException">It contains no readable certificate.</exception>
    internal static X509Certificate2Collection Parse(string pem, string name)
    {
        X509Certificate2Collection certificates = new();
        bool unreadable = false;
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out PemFields block))
        {
            if (rest[block.Label].SequenceEqual(Label))
                unreadable |= !TryAdd(certificates, rest[block.Base64Data]);
            rest = rest[block.Location.End..];
        }

        if (certificates.Count > 0)
            return certificates;
        throw new ClusterAccessException(unreadable
            ? $"{name} contains a certificate that cannot be read. It must be PEM: blocks that begin with -----BEGIN CERTIFICATE-----."
            : $"{name} contains no certificate. It must be PEM: blocks that begin with -----BEGIN CERTIFICATE-----.");
    }

    private static bool TryAdd(X509Certificate2Collection certificates, ReadOnlySpan<char> base64)
    {
        try
        {
            byte[] bytes = new byte[base64.Length];
            if (!Convert.TryFromBase64Chars(base64, bytes, out int length))
                return false;
            certificates.Add(X509CertificateLoader.LoadCertificate(bytes.AsSpan(0, length)));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
