using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Faults of the options of TLS: each is a sentence, and all of them come together.</summary>
public sealed class TlsOptionTests : IDisposable
{
    private readonly TlsFiles _files = new();

    [Fact]
    public void Files_that_cannot_be_used_are_named_together()
    {
        using X509Certificate2 server = _files.Authority.Server("localhost");
        using X509Certificate2 client = _files.Authority.Client("lobby");
        DispatcherCertificate good = _files.Write("good", server);
        DispatcherCertificate ofClient = _files.Write("client", client);
        using RSA rsa = RSA.Create(2048);
        string rsaKey = _files.Write("rsa.key", rsa.ExportPkcs8PrivateKeyPem());
        string locked = _files.Write("locked.key", rsa.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)));
        string broken = _files.Write("broken.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        DispatcherOptions options = _files.Options(
            _files["absent.pem"],
            new DispatcherCertificate(_files["absent.crt"], _files["absent.key"]),
            new DispatcherCertificate(Path.GetTempPath(), good.KeyFile),
            new DispatcherCertificate(good.CertificateFile, rsaKey),
            new DispatcherCertificate(good.CertificateFile, locked),
            new DispatcherCertificate(good.CertificateFile, good.CertificateFile),
            new DispatcherCertificate(good.KeyFile, good.KeyFile),
            new DispatcherCertificate(broken, good.KeyFile),
            new DispatcherCertificate("", good.KeyFile),
            ofClient);

        string message = string.Join('\n', options.FindFaults());

        string[] parts =
        [
            $"There is no file {_files["absent.crt"]}, named as --tls-cert", $"There is no file {_files["absent.key"]}, named as --tls-key",
            $"{Path.GetTempPath()}, named as --tls-cert, is a folder", $"and the key in {rsaKey} do not make a pair",
            $"The key in {locked} is encrypted", $"{good.CertificateFile} contains no private key",
            $"{good.KeyFile} contains no certificate in PEM", $"The certificate in {broken} and the key in", "has no file or no key",
            $"The first certificate in {ofClient.CertificateFile} is not for servers",
            $"no file {_files["absent.pem"]}, named as --client-ca",
        ];
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE KEY-----", message, StringComparison.Ordinal);
        Assert.All(options.FindFaults(), static fault => Assert.EndsWith(".", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void RSA_key_makes_a_pair()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=rsa", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        DispatcherCertificate pair = new(
            _files.Write("rsa.crt", certificate.ExportCertificatePem()), _files.Write("rsa.key", key.ExportRSAPrivateKeyPem()));
        Assert.Empty(_files.Options(pair).FindFaults());
    }

    [Fact]
    public void TLS_without_an_address_and_an_address_without_TLS_are_faults()
    {
        DispatcherTlsOptions tls = _files.Options(_files.Write("server", _files.Authority.Server("localhost"))).Tls!;
        Assert.Contains(
            "no address with https://",
            Assert.Single(new DispatcherOptions { Targets = EdgeServer.Targets, Tls = tls }.FindFaults()), StringComparison.Ordinal);
        Assert.Contains(
            "there is no certificate",
            Assert.Single(new DispatcherOptions { Targets = EdgeServer.Targets, Urls = ["https://*:8443"] }.FindFaults()),
            StringComparison.Ordinal);
        Assert.Empty(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["http://*:8000", "https://*:8443"], Tls = tls,
        }.FindFaults());
    }

    public void Dispose() => _files.Dispose();
}
