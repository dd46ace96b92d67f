using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Remote.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Remote.Transport;

/// <summary>
/// Decides whether a server is the dispatcher: by the roots of this machine, or by the CAs of a file and no others. The name is always
/// checked.
/// </summary>
internal sealed class ServerTrust
{
    // The extended key usage of a server's certificate; without it, any user's certificate would pass for the server's.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly RereadFile<X509Certificate2Collection>? _authorities;

    public ServerTrust(RemoteEndpointSourceOptions options, ILogger logger) =>
        _authorities = options.CertificateAuthorityFile is { } path
            ? new RereadFile<X509Certificate2Collection>(path, Parse, Log.AuthorityNotRead, Log.AuthorityReadAgain, logger)
            : null;

    /// <summary>The options of each handshake.</summary>
    public SslClientAuthenticationOptions CreateOptions()
    {
        SslClientAuthenticationOptions options = new() { AllowTlsResume = _authorities is null, AllowRenegotiation = false };
        if (_authorities is not null)
        {
#pragma warning disable MA0039 // It trusts the CAs of the file instead of those of the machine, and checks the same.
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Validate(certificate, chain, errors);
#pragma warning restore MA0039
        }

        return options;
    }

    private bool Validate(X509Certificate? certificate, X509Chain? shown, SslPolicyErrors errors)
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
        policy.CustomTrustStore.AddRange(_authorities!.Read());
        if (shown is not null)
            policy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);
        using X509Chain chain = new() { ChainPolicy = policy };
        return chain.Build(leaf);
    }

    private static X509Certificate2Collection Parse(string pem)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"It contains a certificate that cannot be read: {exception.Message}", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new FormatException("It contains no certificate. It must be PEM: blocks that begin with -----BEGIN CERTIFICATE-----.");
    }
}
