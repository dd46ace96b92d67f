using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.LocalCluster.Access;

/// <summary>
/// A new authority and a serving certificate for this cluster only. The machine's own trust is not changed: clients get the authority in
/// their kubeconfig.
/// </summary>
internal sealed class ClusterCertificates : IDisposable
{
    private ClusterCertificates(X509Certificate2 serving, string authorityPem)
    {
        Serving = serving;
        AuthorityPem = authorityPem;
    }

    public X509Certificate2 Serving { get; }
    public string AuthorityPem { get; }

    public static ClusterCertificates Create(TimeProvider time)
    {
        DateTimeOffset from = time.GetUtcNow().AddDays(-1);
        DateTimeOffset until = from.AddYears(1);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authorityRequest = new("CN=berth-local-ca", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, until);

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=berth-local-apiserver", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 bare = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        return new ClusterCertificates(bare.CopyWithPrivateKey(key), authority.ExportCertificatePem());
    }

    public void Dispose() => Serving.Dispose();
}
