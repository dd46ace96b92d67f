using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Conformance.Api;

/// <summary>HTTP clients of an API server, by the standard library alone.</summary>
internal static class KubeClients
{
    public static HttpClient New(Uri server, X509Certificate2Collection? authorities, string? token, X509Certificate2? certificate = null)
    {
        SocketsHttpHandler handler = new();
        if (authorities is { Count: > 0 })
        {
            X509ChainPolicy policy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler)
        {
            BaseAddress = server,
            DefaultRequestVersion = server.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            DefaultRequestHeaders = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    /// <summary>The API as a user with a token or a certificate, and also without a user, for the tokens of others.</summary>
    public static KubeApi NewApi(
        Uri server, X509Certificate2Collection? authorities, string? token, X509Certificate2? certificate = null, string? granted = null) =>
        new(New(server, authorities, token, certificate), New(server, authorities, token: null), granted);

    public static X509Certificate2Collection Authorities(string pem)
    {
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(pem);
        return authorities;
    }
}
