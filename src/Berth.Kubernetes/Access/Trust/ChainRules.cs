using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Kubernetes.Access.Trust;

/// <summary>
/// Verifies a chain where kubectl accepts more than the platform: a CA file may contain an intermediate or the server's own certificate,
/// and an extended key usage may be "any". The platform checks signatures, times and constraints. Only its finding that the chain does not
/// end in a root is ignored.
/// </summary>
internal static class ChainRules
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string AnyUsage = "2.5.29.37.0";

    /// <param name="certificate">The server's certificate.</param>
    /// <param name="shown">The other certificates that the server sent.</param>
    /// <param name="bundle">The trusted certificates.</param>
    internal static bool Allow(X509Certificate2 certificate, X509Certificate2Collection shown, X509Certificate2Collection bundle)
    {
        foreach (X509Certificate2 anchor in bundle)
        {
            if (Leads(certificate, shown, bundle, anchor))
                return true;
        }

        return false;
    }

    private static bool Leads(
        X509Certificate2 certificate, X509Certificate2Collection shown, X509Certificate2Collection bundle, X509Certificate2 anchor)
    {
        bool isRoot = IsSelfIssued(anchor);
        X509ChainPolicy policy = Policy(anchor, isRoot);
        // Another certificate with the anchor's name would lead to a chain without the anchor.
        foreach (X509Certificate2 other in shown.Concat(bundle))
        {
            if (!other.SubjectName.RawData.AsSpan().SequenceEqual(anchor.SubjectName.RawData))
                policy.ExtraStore.Add(other);
        }

        using X509Chain chain = new() { ChainPolicy = policy };
        if (!chain.Build(certificate))
            return false;
        foreach (X509ChainStatus status in chain.ChainStatus)
        {
            if (isRoot || status.Status is not (X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot))
                return false;
        }

        X509Certificate2[] links = [.. chain.ChainElements.Select(static element => element.Certificate)];
        return Array.Exists(links, link => link.RawData.AsSpan().SequenceEqual(anchor.RawData)) && Array.TrueForAll(links, MayServe);
    }

    private static X509ChainPolicy Policy(X509Certificate2 anchor, bool isRoot)
    {
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
        policy.CustomTrustStore.Add(anchor);
        if (!isRoot)
        {
            // Accepts a chain that does not end in a root. The caller checks afterwards that it contains the anchor itself.
            policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            policy.ExtraStore.Add(anchor);
        }

        return policy;
    }

    // As in Go, every certificate of the chain that lists its usages must list this one, or "any".
    private static bool MayServe(X509Certificate2 certificate)
    {
        try
        {
            foreach (X509Extension extension in certificate.Extensions)
            {
                if (extension is X509EnhancedKeyUsageExtension usages
                    && !usages.EnhancedKeyUsages.Cast<Oid>().Any(static usage => usage.Value is ServerAuthentication or AnyUsage))
                    return false;
            }

            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
