using Berth.Checks;
using Berth.Seats.Tls;

namespace Berth.Dispatcher;

/// <summary>TLS of service A, version 1.2 and later, with HTTP/2 for clients that ask for it.</summary>
public sealed class DispatcherTlsOptions
{
    /// <summary>
    /// The certificates, at least one. A client gets the one for the host name that it asks for (SNI), else the first. The files are looked
    /// at every 5 s; a pair that cannot be used is logged, and the earlier one stays.
    /// </summary>
    public IReadOnlyList<DispatcherCertificate> Certificates { get; init; } = [];

    /// <summary>
    /// The path of a PEM file with the CAs of client certificates, or null to ask clients for none. Default null. With it, a certificate of
    /// another CA ends the handshake.
    /// </summary>
    public string? ClientCaFile { get; init; }

    /// <summary>
    /// Reads the files and finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.
    /// </summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.Check(
            Certificates is { Count: > 0 }, "There is no certificate. Give at least one with its key, with --tls-cert and --tls-key.");
        foreach (DispatcherCertificate certificate in Certificates ?? [])
            FindFaults(certificate, faults);
        if (ClientCaFile is not null)
        {
            byte[]? pem = SmallFile.TryRead(ClientCaFile, "--client-ca", out string? fault);
            if (pem is not null)
                CaFile.TryParse(ClientCaFile, pem, "--client-ca", out fault);
            faults.Check(fault is null, fault!);
        }

        return faults.Found;
    }

    private static void FindFaults(DispatcherCertificate? files, OptionFaults faults)
    {
        if (string.IsNullOrEmpty(files?.CertificateFile) || string.IsNullOrEmpty(files.KeyFile))
        {
            faults.Check(false, "A certificate has no file or no key. Give the paths of both, with --tls-cert and --tls-key.");
            return;
        }

        byte[]? certificate = SmallFile.TryRead(files.CertificateFile, "--tls-cert", out string? ofCertificate);
        byte[]? key = SmallFile.TryRead(files.KeyFile, "--tls-key", out string? ofKey);
        string? ofPair = null;
        if (certificate is not null && key is not null)
            CertificatePair.TryCreate(files.CertificateFile, certificate, files.KeyFile, key, out ofPair);
        faults.AddAll(new[] { ofCertificate, ofKey, ofPair }.OfType<string>());
    }
}
