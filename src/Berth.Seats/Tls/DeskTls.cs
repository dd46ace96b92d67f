using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Berth.Seats.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Seats.Tls;

/// <summary>
/// The desk's side of TLS: one certificate. Its files are read again at a handshake, if they were last read 5 s ago or earlier. A pair that
/// cannot be used is logged, and the earlier one stays.
/// </summary>
internal sealed class DeskTls : ITlsServer
{
    public const string CertificateOption = "the certificate of the desk";
    public const string KeyOption = "the key of the desk's certificate";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly CertificateSlot _slot;
    private readonly ILogger _logger;
    private volatile SslServerAuthenticationOptions _options;
    private long _read;

    /// <exception cref="ArgumentException">A file has a fault.</exception>
    public DeskTls(string certificateFile, string keyFile, TimeProvider time, ILogger logger)
    {
        Time = time;
        _logger = logger;
        _slot = new CertificateSlot(certificateFile, keyFile, CertificateOption, KeyOption);
        if (!_slot.Reread(out string? fault))
            throw new ArgumentException(fault);
        _options = CreateOptions(_slot.Pair!);
        _read = time.GetTimestamp();
    }

    public TimeProvider Time { get; }

    public SslServerAuthenticationOptions Find(string? serverName)
    {
        if (Time.GetElapsedTime(Volatile.Read(ref _read)) >= s_interval)
            LookAgain();
        return _options;
    }

    // Any stranger can cause a failed handshake.
    public void TellHandshake(Exception? failure)
    {
    }

    /// <summary>Returns the fault of the two files as a sentence, or null.</summary>
    public static string? FindFault(string certificateFile, string keyFile)
    {
        new CertificateSlot(certificateFile, keyFile, CertificateOption, KeyOption).Reread(out string? fault);
        return fault;
    }

    private void LookAgain()
    {
        lock (_lock)
        {
            Volatile.Write(ref _read, Time.GetTimestamp());
            if (_slot.Reread(out string? fault))
            {
                _options = CreateOptions(_slot.Pair!);
                Log.CertificateRead(_logger, _slot.CertificateFile, _slot.Pair!.NotAfter);
            }
            else if (fault is not null)
            {
                Log.CertificateNotRead(_logger, fault, _slot.Pair!.NotAfter);
            }
        }
    }

    private static SslServerAuthenticationOptions CreateOptions(CertificatePair pair) => new()
    {
        ServerCertificateContext = pair.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
    };
}
