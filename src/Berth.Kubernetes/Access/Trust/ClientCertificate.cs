using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Kubernetes.Access.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes.Access.Trust;

/// <summary>
/// Our client certificate and key. They are read again for each connection, so that rotated ones are used without a restart.
/// </summary>
internal sealed class ClientCertificate
{
    private readonly PemSource _certificate;
    private readonly PemSource _key;
    private readonly Rereading _rereading;
    private readonly Lock _lock = new();
    private string? _text;
    private SslStreamCertificateContext? _context;

    private ClientCertificate(PemSource certificate, PemSource key, ILogger logger)
    {
        _certificate = certificate;
        _key = key;
        _rereading = new Rereading(logger, $"The client certificate {certificate}");
    }

    /// <summary>The thumbprint of the certificate that was read last.</summary>
    internal string Thumbprint
    {
        get
        {
            lock (_lock)
                return _context!.TargetCertificate.Thumbprint;
        }
    }

    /// <summary>Reads both parts once, so that a configuration error is found when the program starts.</summary>
    /// <exception cref="ClusterAccessException">
    /// A part cannot be read, or the key is encrypted or belongs to another certificate.
    /// </exception>
    internal static ClientCertificate Load(PemSource certificate, PemSource key, ILogger? logger = null)
    {
        ClientCertificate loaded = new(certificate, key, logger ?? NullLogger.Instance);
        loaded.Refresh();
        return loaded;
    }

    /// <summary>Returns the certificate for one handshake, with the intermediates that follow it in the file.</summary>
    internal SslStreamCertificateContext GetContext()
    {
        lock (_lock)
        {
            if (_certificate.CanChange || _key.CanChange)
            {
                try
                {
                    Refresh();
                    _rereading.Succeeded();
                }
                catch (ClusterAccessException exception)
                {
                    // Only one of the two files is new yet. Keep the old pair; the next connection reads again.
                    _rereading.Failed(exception);
                }
            }

            return _context!;
        }
    }

    public override string ToString() => $"client certificate {_certificate.Name}";

    private void Refresh()
    {
        string certificate = _certificate.Read();
        string key = _key.Read();
        string text = certificate + "\n" + key;
        if (text == _text)
            return;
        _context = Build(certificate, key);
        _text = text;
    }

    private SslStreamCertificateContext Build(string certificatePem, string keyPem)
    {
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new ClusterAccessException($"The client key {_key.Name} is encrypted, and Berth cannot ask for the password. "
                + "Decrypt it first: openssl pkey -in KEY -out PLAIN.");
        X509Certificate2Collection all = new();
        try
        {
            all.ImportFromPem(certificatePem);
        }
        catch (CryptographicException exception)
        {
            throw new ClusterAccessException($"The client certificate {_certificate.Name} cannot be read. It must be PEM: "
                + "-----BEGIN CERTIFICATE-----.", exception);
        }

        if (all.Count == 0)
            throw new ClusterAccessException($"The client certificate {_certificate.Name} contains no certificate. It must be PEM: "
                + "-----BEGIN CERTIFICATE-----.");
        X509Certificate2 own = Join(certificatePem, keyPem);
        all.RemoveAt(0);
        return SslStreamCertificateContext.Create(own, all, offline: true);
    }

    private X509Certificate2 Join(string certificatePem, string keyPem)
    {
        try
        {
            X509Certificate2 joined = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            if (!OperatingSystem.IsWindows())
                return joined;
            // TLS on Windows only uses keys in its own store. Import through PKCS#12 puts the key there.
            using (joined)
                return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            // The last type is for curves that this machine does not know. No inner exception, because it may reveal the secret.
            throw new ClusterAccessException($"The client key {_key.Name} cannot be used with the client certificate {_certificate.Name}: "
                + "it is not a PEM private key (RSA, or EC on a curve that this machine knows), or it belongs to another certificate.");
        }
    }
}
