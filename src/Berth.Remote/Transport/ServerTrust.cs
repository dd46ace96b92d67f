using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Checks;
using Berth.Remote.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Remote.Transport;

/// <summary>
/// Decides whether a server is the dispatcher: by the roots of this machine, or by the CAs of a file and no others. The name is always
/// checked.
/// </summary>
internal sealed class ServerTrust
{
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
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                ServerCertificate.IsTrusted(certificate, chain, errors, _authorities.Read());
#pragma warning restore MA0039
        }

        return options;
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
