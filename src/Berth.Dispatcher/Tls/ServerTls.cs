using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Berth.Dispatcher.Diagnostics;
using Berth.Seats.Tls;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Tls;

/// <summary>
/// The server's side of TLS: which certificate a client gets, and whose certificates clients may have. Files that change count for the next
/// handshake; connections that are open stay as they are.
/// </summary>
internal sealed class ServerTls : ITlsServer
{
    private readonly DispatcherTlsOptions _options;
    private readonly ILogger _logger;
    private readonly Counter<long> _handshakes;
    private readonly CertificateSlot[] _slots;
    private byte[] _caPem = [];
    private X509Certificate2Collection? _cas;
    private string? _caFault;
    private volatile CertificateTable _table;

    /// <exception cref="DispatcherStartException">A file has a fault.</exception>
    public ServerTls(DispatcherTlsOptions options, Meter meter, TimeProvider time, ILogger logger)
    {
        IdleBuffers.Release();
        Time = time;
        _options = options;
        _logger = logger;
        _slots = [.. options.Certificates.Select(static files => new CertificateSlot(
            files.CertificateFile, files.KeyFile, "--tls-cert", "--tls-key"))];
        List<string> faults = [];
        foreach (CertificateSlot slot in _slots)
        {
            if (!slot.Reread(out string? fault))
                faults.Add(fault!);
        }

        if (RereadCas() is null && _caFault is not null)
            faults.Add(_caFault);
        // The options were checked a moment ago, so a fault here is a file that has changed since.
        if (faults.Count > 0)
            throw new DispatcherStartException(string.Join(" ", faults));
        _table = CreateTable();
        _handshakes = meter.CreateCounter<long>("berth.tls.handshakes", "{handshake}", "TLS handshakes of clients, by result.");
        meter.CreateObservableGauge(
            "berth.tls.certificate.expiry", MeasureExpiry, "s", "Time of a certificate's expiry, seconds since 1970, by its file.");
    }

    public TimeProvider Time { get; }

    public void TellHandshake(Exception? failure)
    {
        if (failure is not null)
            Log.HandshakeFailed(_logger, failure);
        _handshakes.Add(
            1, new KeyValuePair<string, object?>("berth.tls.handshake.result", failure is null ? "ok" : "failed"));
    }

    public SslServerAuthenticationOptions Find(string? serverName) => _table.Find(serverName);

    /// <summary>Reads the files again. Returns null when nothing has changed, else whether all that changed can be used.</summary>
    public bool? Reload()
    {
        bool changed = false;
        bool failed = false;
        foreach (CertificateSlot slot in _slots)
        {
            if (slot.Reread(out string? fault))
            {
                changed = true;
                Log.CertificateReloaded(_logger, slot.CertificateFile, slot.Pair!.NotAfter);
            }
            else if (fault is not null)
            {
                failed = true;
                Log.CertificateKept(_logger, fault, slot.Pair!.NotAfter);
            }
        }

        string? before = _caFault;
        if (RereadCas() is { } cas)
        {
            changed = true;
            Log.CasReloaded(_logger, _options.ClientCaFile!, cas.Count);
        }
        else if (_caFault is not null && _caFault != before)
        {
            failed = true;
            Log.FileKept(_logger, _caFault);
        }

        if (changed)
            _table = CreateTable();
        return failed ? false : changed ? true : null;
    }

    /// <summary>Reads the CAs of clients. Returns them when they are new.</summary>
    private X509Certificate2Collection? RereadCas()
    {
        if (_options.ClientCaFile is not { } path)
            return null;
        byte[]? pem = SmallFile.TryRead(path, "--client-ca", out _caFault);
        if (pem is null)
            return null;
        X509Certificate2Collection? found = CaFile.TryParse(path, pem, "--client-ca", out _caFault);
        if (found is null || pem.AsSpan().SequenceEqual(_caPem))
            return null;
        _caPem = pem;
        return _cas = found;
    }

    private CertificateTable CreateTable() => new([.. _slots.Select(slot => (slot.Pair!.Names, CreateOptions(slot.Pair!)))]);

    private SslServerAuthenticationOptions CreateOptions(CertificatePair pair)
    {
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateContext = pair.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
        };
        if (_cas is not { } cas)
            return options;
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(cas);
        // A client without a certificate is answered: whether it may ask is a matter of the request.
        options.RemoteCertificateValidationCallback = static (_, _, _, errors) =>
            errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable;
        return options;
    }

    private IEnumerable<Measurement<double>> MeasureExpiry() => _slots.Select(static slot => new Measurement<double>(
        slot.Pair!.NotAfter.ToUnixTimeSeconds(), new KeyValuePair<string, object?>("file.path", slot.CertificateFile)));
}
