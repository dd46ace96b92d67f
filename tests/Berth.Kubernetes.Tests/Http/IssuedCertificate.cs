using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Kubernetes.Tests.Http;

/// <summary>A certificate of a chain made for one test: a root, an intermediate, or a server's.</summary>
internal sealed class IssuedCertificate : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private IssuedCertificate(X509Certificate2 certificate) => Certificate = certificate;

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public static IssuedCertificate Root(string name = "root")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new IssuedCertificate(
            Authority(name, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2)));
    }

    public IssuedCertificate Intermediate(string name = "intermediate")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Issue(Authority(name, key), key);
    }

    public IssuedCertificate Server(string name, string usage = ServerUsage)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(name, out IPAddress? address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return Issue(request, key);
    }

    /// <summary>A server's certificate of the old kind: only its subject has its name.</summary>
    public IssuedCertificate ServerByCommonName(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Issue(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256), key);
    }

    public void Dispose() => Certificate.Dispose();

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }

    private IssuedCertificate Issue(CertificateRequest request, ECDsa key)
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        using ECDsa issuing = Certificate.GetECDsaPrivateKey()!;
        // By name and key, since the platform itself refuses to issue with a server's certificate, which some tests want.
        using X509Certificate2 certificate = request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(issuing), from, from.AddDays(30),
            RandomNumberGenerator.GetBytes(12));
        return new IssuedCertificate(certificate.CopyWithPrivateKey(key));
    }
}
