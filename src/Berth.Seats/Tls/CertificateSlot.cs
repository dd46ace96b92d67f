namespace Berth.Seats.Tls;

/// <summary>One configured certificate: the pair in use, and the content of its files when they were last read.</summary>
/// <param name="certificateFile">The path of the certificate.</param>
/// <param name="keyFile">The path of its key.</param>
/// <param name="certificateOption">The option that names the certificate, for faults.</param>
/// <param name="keyOption">The option that names the key.</param>
internal sealed class CertificateSlot(string certificateFile, string keyFile, string certificateOption, string keyOption)
{
    private byte[] _certificate = [];
    private byte[] _key = [];
    private string? _unread;

    public string CertificateFile => certificateFile;

    /// <summary>The pair in use, or null before the first good one.</summary>
    public CertificatePair? Pair { get; private set; }

    /// <summary>Reads the files. Returns true when there is a new pair. A fault is returned once for each content.</summary>
    public bool Reread(out string? fault)
    {
        byte[]? certificate = SmallFile.TryRead(certificateFile, certificateOption, out fault);
        byte[]? key = certificate is null ? null : SmallFile.TryRead(keyFile, keyOption, out fault);
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
        if (CertificatePair.TryCreate(certificateFile, certificate, keyFile, key, out fault) is not { } pair)
            return false;
        Pair = pair;
        return true;
    }
}
