using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Bench.Cluster;

/// <summary>A certificate authority of one run, and the certificate of its API server: RSA with 2048 bits, as in kubeadm.</summary>
internal sealed class FakeAuthority : IDisposable
{
    private const int KeyBits = 2048;

    private readonly X509Certificate2 _root;

    public FakeAuthority()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using RSA rootKey = RSA.Create(KeyBits);
        CertificateRequest root = new("CN=kubernetes", rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        root.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(root.PublicKey, false));
        _root = root.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using RSA key = RSA.Create(KeyBits);
        CertificateRequest server = new("CN=kube-apiserver", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        server.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = server.Create(_root, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(12));
        Server = certificate.CopyWithPrivateKey(key);
    }

    /// <summary>The server's certificate for 127.0.0.1.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The key of that certificate.</summary>
    public string ServerKeyPem
    {
        get
        {
            using RSA key = Server.GetRSAPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem();
        }
    }

    /// <summary>The authority's certificate.</summary>
    public X509Certificate2 Root => _root;

    /// <summary>The authority's certificate in the form of a kubeconfig.</summary>
    public string KubeconfigData => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_root.ExportCertificatePem()));

    public void Dispose()
    {
        Server.Dispose();
        _root.Dispose();
    }
}
