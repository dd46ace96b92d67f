using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;

namespace Berth.Conformance.Servers;

/// <summary>
/// Everything a kube-apiserver wants in files: its certificate, the keys of service account tokens, and the administrator's token.
/// </summary>
internal sealed class ControlPlaneFiles : IDisposable
{
    private readonly TestFolder _folder = new();

    public ControlPlaneFiles()
    {
        AdministratorToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        // token, user, uid, groups. The group passes every check of RBAC (kubernetes.io: Authenticating, static token file).
        Write("tokens.csv", $"{AdministratorToken},admin,admin,system:masters\n");
        using RSA signing = RSA.Create(2048);
        Write("service-account.key", signing.ExportRSAPrivateKeyPem());
        Write("service-account.pub", signing.ExportSubjectPublicKeyInfoPem());
        AuthorityPem = WriteCertificates();
    }

    public string AdministratorToken { get; }

    public string AuthorityPem { get; }

    public string EtcdData => Of("etcd");

    public string Of(string name) => _folder[name];

    public void Dispose() => _folder.Dispose();

    private string WriteCertificates()
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        DateTimeOffset until = from.AddDays(30);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authorityRequest = new("CN=berth-conformance-ca", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, until);

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using X509Certificate2 serving = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(12));
        Write("serving.crt", serving.ExportCertificatePem());
        Write("serving.key", key.ExportPkcs8PrivateKeyPem());
        return authority.ExportCertificatePem();
    }

    private void Write(string name, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(Of(name), options);
        writer.Write(text);
    }
}
