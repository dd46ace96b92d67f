using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Kubernetes.Access.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes.Access.Trust;

/// <summary>
/// Decides which server is the API server. Each connection gets a new policy from the current CA file. After a rotation the new CA is
/// trusted and the old one is not, without a restart.
/// </summary>
internal sealed class ServerTrust
{
    // The extended key usage of a server's certificate; without it, any user's certificate would pass for the server's.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly PemSource? _authority;
    private readonly Rereading _rereading;
    private readonly Lock _lock = new();
    private string? _text;
    private X509Certificate2Collection? _roots;

    private ServerTrust(PemSource? authority, bool skipVerify, string? serverName, ILogger logger)
    {
        _rereading = new Rereading(logger, $"The CA {authority}");
        _authority = authority;
        SkipVerify = skipVerify;
        ServerName = serverName;
    }

    /// <summary>Trusts the machine's own roots, as for any web site.</summary>
    internal static ServerTrust System { get; } = new(null, skipVerify: false, null, NullLogger.Instance);

    /// <summary>True when every server is trusted: <c>insecure-skip-tls-verify</c>.</summary>
    internal bool SkipVerify { get; }

    /// <summary>The name that the certificate must have, if it is not the dialled host: <c>tls-server-name</c>.</summary>
    internal string? ServerName { get; }

    /// <summary>The name of the roots in messages.</summary>
    internal string AuthorityName => _authority?.Name ?? "the roots of this machine";

    /// <summary>Trusts exactly the certificates of this bundle.</summary>
    /// <exception cref="ClusterAccessException">The bundle cannot be read.</exception>
    internal static ServerTrust Of(PemSource? authority, bool skipVerify = false, string? serverName = null, ILogger? logger = null)
    {
        ServerTrust trust = new(authority, skipVerify, serverName, logger ?? NullLogger.Instance);
        if (authority is not null)
            trust._roots = CertificateBundle.Parse(trust._text = authority.Read(), authority.Name);
        return trust;
    }

    /// <summary>
    /// Creates the policy for one handshake. It uses no revocation lists: cluster CAs publish none, and a handshake must not fetch
    /// anything.
    /// </summary>
    internal X509ChainPolicy CreatePolicy() => CreatePolicy(_authority is null ? null : CurrentRoots());

    /// <summary>
    /// Returns true when the bundle proves a chain that the platform refused. A CA keeps its name when it is rotated. If the server's
    /// certificate does not say which key signed it, the platform tries only one of the two CAs. For other cases, see
    /// <see cref="ChainRules"/>.
    /// </summary>
    internal bool VouchesFor(X509Certificate2 certificate, X509Certificate2Collection shown) =>
        _authority is not null && ChainRules.Allow(certificate, shown, CurrentRoots());

    /// <summary>Returns the bundle as PEM, for a credential plugin that asks for it, or null.</summary>
    internal string? AuthorityPem()
    {
        if (_authority is null)
            return null;
        CurrentRoots();
        lock (_lock)
            return _text;
    }

    private static X509ChainPolicy CreatePolicy(X509Certificate2Collection? roots)
    {
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (roots is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private X509Certificate2Collection CurrentRoots()
    {
        lock (_lock)
        {
            if (_authority!.CanChange)
            {
                try
                {
                    string text = _authority.Read();
                    if (text != _text)
                        (_roots, _text) = (CertificateBundle.Parse(text, _authority.Name), text);
                    _rereading.Succeeded();
                }
                catch (ClusterAccessException exception)
                {
                    // The file is being rotated. Keep the old roots; the next connection reads again.
                    _rereading.Failed(exception);
                }
            }

            return _roots!;
        }
    }
}
