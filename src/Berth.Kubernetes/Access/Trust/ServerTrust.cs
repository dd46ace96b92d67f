using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Kubernetes.Access.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes.Access.Trust;

/// <summary>
/// Decides which server is the API server. The policy is made again for each connection, from the CA file as it then is, so a rotated CA
/// is honoured without a restart, in both directions: the new one is trusted, the old one no longer is.
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

    /// <summary>The machine's own roots, as for any web site.</summary>
    internal static ServerTrust System { get; } = new(null, skipVerify: false, null, NullLogger.Instance);

    /// <summary>Anybody is believed: <c>insecure-skip-tls-verify</c>.</summary>
    internal bool SkipVerify { get; }

    /// <summary>The name the certificate must carry, where it is not the host that is dialled: <c>tls-server-name</c>.</summary>
    internal string? ServerName { get; }

    /// <summary>What to call the roots in a sentence.</summary>
    internal string AuthorityName => _authority?.Name ?? "the roots of this machine";

    /// <summary>Trusts exactly the certificates of this bundle.</summary>
    /// <exception cref="ClusterAccessException">The bundle cannot be read now.</exception>
    internal static ServerTrust Of(PemSource? authority, bool skipVerify = false, string? serverName = null, ILogger? logger = null)
    {
        ServerTrust trust = new(authority, skipVerify, serverName, logger ?? NullLogger.Instance);
        if (authority is not null)
            trust._roots = CertificateBundle.Parse(trust._text = authority.Read(), authority.Name);
        return trust;
    }

    /// <summary>
    /// A policy for one handshake. No revocation lists: cluster CAs publish none, and nothing is to be fetched on the way.
    /// </summary>
    internal X509ChainPolicy CreatePolicy() => CreatePolicy(_authority is null ? null : CurrentRoots());

    /// <summary>
    /// Whether the bundle vouches for a chain that the platform refused. Before and after its rotation a CA has one name, and from a server
    /// certificate that does not say which key signed it, the platform tries only one of the two; beyond that, see
    /// <see cref="ChainRules"/>.
    /// </summary>
    internal bool VouchesFor(X509Certificate2 certificate, X509Certificate2Collection shown) =>
        _authority is not null && ChainRules.Allow(certificate, shown, CurrentRoots());

    /// <summary>The bundle as PEM, for a credential plugin that asks for it; null without one.</summary>
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
                    // Caught in the middle of its rotation: the roots we have stay, and the next connection reads again.
                    _rereading.Failed(exception);
                }
            }

            return _roots!;
        }
    }
}
