using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>The files of a server's certificates, as a mounted Secret has them.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly TestFolder _folder = new();
    private int _swaps;

    public TestAuthority Authority { get; } = new();

    public string this[string name] => _folder[name];

    /// <summary>Writes a certificate and its key, with certificates behind it.</summary>
    public DispatcherCertificate Write(string name, X509Certificate2 certificate, string chain = "") => new(
        _folder.Write(name + ".crt", certificate.ExportCertificatePem() + "\n" + chain),
        _folder.Write(name + ".key", TestAuthority.KeyPem(certificate)));

    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Swaps the folder of a Secret, as kubelet does: <c>tls.crt</c> is a link through the link <c>..data</c>.</summary>
    public DispatcherCertificate Swap(X509Certificate2 certificate)
    {
        string version = "v" + ++_swaps;
        _folder.Write($"{version}/tls.crt", certificate.ExportCertificatePem());
        _folder.Write($"{version}/tls.key", TestAuthority.KeyPem(certificate));
        if (_swaps > 1)
            File.Delete(_folder["..data"]);
        Directory.CreateSymbolicLink(_folder["..data"], version);
        if (_swaps == 1)
        {
            File.CreateSymbolicLink(_folder["tls.crt"], "..data/tls.crt");
            File.CreateSymbolicLink(_folder["tls.key"], "..data/tls.key");
        }

        return new DispatcherCertificate(_folder["tls.crt"], _folder["tls.key"]);
    }

    /// <summary>The options of a server with these certificates, on a free port.</summary>
    public DispatcherOptions Options(params DispatcherCertificate[] certificates) => Options(null, certificates);

    public DispatcherOptions Options(string? clientCa, params DispatcherCertificate[] certificates) => new()
    {
        Targets = EdgeServer.Targets,
        Urls = ["https://127.0.0.1:0"],
        Tls = new DispatcherTlsOptions { Certificates = certificates, ClientCaFile = clientCa },
    };

    public void Dispose()
    {
        Authority.Dispose();
        _folder.Dispose();
    }
}
