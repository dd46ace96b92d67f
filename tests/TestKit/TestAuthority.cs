using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.TestKit;

/// <summary>A certificate authority of one test, with elliptic keys, which are quick to make.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    private readonly bool _namesKey;

    /// <summary>The addresses of an OCSP responder and of the issuer's certificate that its certificates name; null for none.</summary>
    public (string Ocsp, string Issuer)? Names { get; init; }

    /// <param name="name">Of the authority.</param>
    /// <param name="namesKey">Whether its certificates say which key signed them, as those made by Go do.</param>
    public TestAuthority(string name = "Test CA", bool namesKey = true)
    {
        _namesKey = namesKey;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
    }

    /// <summary>An intermediate authority, which another one has signed.</summary>
    public TestAuthority(TestAuthority parent, string name)
    {
        _namesKey = true;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using X509Certificate2 certificate = request.Create(
            parent._root, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), RandomNumberGenerator.GetBytes(12));
        _root = certificate.CopyWithPrivateKey(key);
    }

    public string Pem => _root.ExportCertificatePem();

    /// <summary>A server's certificate for these names and addresses.</summary>
    public X509Certificate2 Server(params string[] names) =>
        Issue("server", "1.3.6.1.5.5.7.3.1", names, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));

    public X509Certificate2 ExpiredServer(params string[] names) =>
        Issue("server", "1.3.6.1.5.5.7.3.1", names, DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(-1));

    /// <summary>A client's certificate, for the user of this name.</summary>
    public X509Certificate2 Client(string user, params string[] names) =>
        Issue(user, "1.3.6.1.5.5.7.3.2", names, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));

    public static string KeyPem(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 Issue(string subject, string usage, string[] names, DateTimeOffset from, DateTimeOffset to)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (_namesKey)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        if (Names is { } named)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([named.Ocsp], [named.Issuer]));
        if (names.Length > 0)
        {
            SubjectAlternativeNameBuilder alternatives = new();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out IPAddress? address))
                    alternatives.AddIpAddress(address);
                else
                    alternatives.AddDnsName(name);
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        using X509Certificate2 certificate = request.Create(_root, from, to, RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }
}
