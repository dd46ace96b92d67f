using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Bench.Cluster;

/// <summary>The certificate and key of a server for 127.0.0.1, ECDSA P-256, in files.</summary>
internal sealed class ServerPair : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-bench-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ServerPair()
    {
        File.WriteAllText(Key, _key.ExportPkcs8PrivateKeyPem());
        Renew();
    }

    public string Certificate => Path.Combine(_folder.FullName, "tls.crt");

    public string Key => Path.Combine(_folder.FullName, "tls.key");

    /// <summary>Writes a new certificate with the same key, in one step.</summary>
    public void Renew()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        CertificateRequest request = new("CN=bench", _key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        string written = Certificate + ".new";
        File.WriteAllText(written, certificate.ExportCertificatePem());
        File.Move(written, Certificate, overwrite: true);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }
}
