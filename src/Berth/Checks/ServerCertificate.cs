using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Checks;

/// <summary>Checks a server's certificate against the CAs of a file instead of those of the machine.</summary>
internal static class ServerCertificate
{
    // The extended key usage of a server's certificate; without it, any user's certificate would pass for the server's.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>
    /// True when it is a server's certificate, one of the CAs signed it, and TLS found no other fault, such as a wrong name.
    /// </summary>
    /// <param name="certificate">The certificate that the server has shown.</param>
    /// <param name="shown">The chain that it has shown, or null.</param>
    /// <param name="errors">The faults that TLS found.</param>
    /// <param name="authorities">The CAs.</param>
    public static bool IsTrusted(
        X509Certificate? certificate, X509Chain? shown, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (certificate is not X509Certificate2 leaf || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.AddRange(authorities);
        if (shown is not null)
            policy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);
        using X509Chain chain = new() { ChainPolicy = policy };
        return chain.Build(leaf);
    }
}
