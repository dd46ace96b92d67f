using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Http;

/// <summary>
/// Observes the verification of one server certificate, and records why the certificate was refused. Except for the rules of kubectl, it
/// accepts nothing that the platform refuses.
/// </summary>
internal sealed class CertificateCheck(ServerTrust trust, string expectedName)
{
    /// <summary>The reason of the refusal as the rest of a sentence, or null.</summary>
    internal string? Fault { get; private set; }

    internal bool Validate(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (trust.SkipVerify)
            return true;
        X509Certificate2? shown = certificate as X509Certificate2;
        errors = WithNamesAsKubectl(shown, errors);
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors == SslPolicyErrors.RemoteCertificateChainErrors && shown is not null && chain is not null
            && trust.VouchesFor(shown, chain.ChainPolicy.ExtraStore))
            return true;
        Fault = Describe(shown, chain, errors);
        return false;
    }

    // Only subject alternative names count, and "*.test" may match a whole top-level domain. The platform refuses such a name, and accepts
    // a common name when there is no alternative name.
    private SslPolicyErrors WithNamesAsKubectl(X509Certificate2? certificate, SslPolicyErrors errors)
    {
        try
        {
            return certificate is null ? errors
                : certificate.MatchesHostname(
                    expectedName.Trim('[', ']'), allowWildcards: true,
                    allowCommonName: false) ? errors & ~SslPolicyErrors.RemoteCertificateNameMismatch
                : errors | SslPolicyErrors.RemoteCertificateNameMismatch;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return errors | SslPolicyErrors.RemoteCertificateNameMismatch;
        }
    }

    private string Describe(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "it shows no certificate. Check that the address is that of the API server";
        List<string> faults = new();
        X509ChainStatusFlags chainFaults = Flags(chain);
        if (chainFaults.HasFlag(X509ChainStatusFlags.NotTimeValid))
            faults.Add(DescribeTime(certificate));
        if (IsForeign(chainFaults))
        {
            faults.Add($"its certificate (issued by \"{certificate.Issuer}\") is not signed by a CA in {trust.AuthorityName}. "
                + "If the cluster's CA was changed, fetch the new one; if not, another server is answering");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            faults.Add($"its certificate is for {Names(certificate)}, not for {expectedName}. "
                + "Use one of these names in the server's address, or as tls-server-name");
        }

        if (faults.Count == 0)
            faults.Add($"its certificate was not accepted ({chainFaults}). Have it issued again");
        return string.Join("; and ", faults);
    }

    // A CA with the right name and another key shows as a wrong signature. The CAs of many clusters have the same name, "kubernetes".
    private static bool IsForeign(X509ChainStatusFlags faults) =>
        faults.HasFlag(X509ChainStatusFlags.UntrustedRoot)
        || faults.HasFlag(X509ChainStatusFlags.PartialChain)
        || faults.HasFlag(X509ChainStatusFlags.NotSignatureValid);

    private static X509ChainStatusFlags Flags(X509Chain? chain)
    {
        X509ChainStatusFlags flags = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? [])
            flags |= status.Status;
        return flags;
    }

    // The certificate shows whether it has expired or is not valid yet. If it is neither, a CA in the chain has expired.
    private static string DescribeTime(X509Certificate2 certificate) => string.Create(
        CultureInfo.InvariantCulture,
        $"its certificate, or that of its CA, is not valid now "
            + $"(valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}). "
            + $"Renew it, or set the clock right");

    private static string Names(X509Certificate2 certificate)
    {
        List<string> names = new();
        try
        {
            foreach (X509Extension extension in certificate.Extensions)
            {
                if (extension is not X509SubjectAlternativeNameExtension alternatives)
                    continue;
                names.AddRange(alternatives.EnumerateDnsNames());
                names.AddRange(alternatives.EnumerateIPAddresses().Select(address => address.ToString()));
            }
        }
        catch (CryptographicException)
        {
            // A malformed extension contains no names.
        }

        return names.Count == 0 ? "no name at all" : string.Join(", ", names.Take(20));
    }
}
