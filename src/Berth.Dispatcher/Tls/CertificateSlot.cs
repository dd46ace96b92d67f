using Berth.Dispatcher.Files;

namespace Berth.Dispatcher.Tls;

/// <summary>One configured certificate: the pair in use, and the content of its files when they were last read.</summary>
internal sealed class CertificateSlot(DispatcherCertificate files)
{
    private byte[] _certificate = [];
    private byte[] _key = [];
    private string? _unread;

    public DispatcherCertificate Files { get; } = files;

    /// <summary>The pair in use, or null before the first good one.</summary>
    public CertificatePair? Pair { get; private set; }

    /// <summary>Reads the files. Returns true when there is a new pair. A fault is returned once for each content.</summary>
    public bool Reread(out string? fault)
    {
        byte[]? certificate = SmallFile.TryRead(Files.CertificateFile, "--tls-cert", out fault);
        byte[]? key = certificate is null ? null : SmallFile.TryRead(Files.KeyFile, "--tls-key", out fault);
        if (certificate is null || key is null)
        {
            if (fault == _unread)
                fault = null;
            else
                _unread = fault;
            return false;
        }

        _unread = null;
        if (certificate.AsSpan().SequenceEqual(_certificate) && key.AsSpan().SequenceEqual(_key))
            return false;
        _certificate = certificate;
        _key = key;
        if (CertificatePair.TryCreate(Files.CertificateFile, certificate, Files.KeyFile, key, out fault) is not { } pair)
            return false;
        Pair = pair;
        return true;
    }
}
