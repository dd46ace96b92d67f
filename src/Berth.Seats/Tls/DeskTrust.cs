using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Berth.Checks;
using Berth.Seats.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Seats.Tls;

/// <summary>
/// Decides whether a server is a desk: by the CAs of a file and no others, and by a name. The file is read again at a handshake, if it was
/// last read 5 s ago or earlier. While it cannot be used, the earlier CAs stay.
/// </summary>
/// <param name="caFile">The path of a PEM file.</param>
/// <param name="name">The name that the certificates of desks have, or null for the address of each desk.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The logger.</param>
internal sealed class DeskTrust(string caFile, string? name, TimeProvider time, ILogger logger)
{
    public const string CaOption = "the CAs of desks";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private X509Certificate2Collection _authorities = [];
    private string? _fault;
    private long? _read;

    /// <summary>The name that the certificates of desks have, or null for the address of each desk.</summary>
    public string? Name => name;

    /// <summary>Returns the fault of a file of CAs as a sentence, or null.</summary>
    public static string? FindFault(string caFile)
    {
        Read(caFile, out string? fault);
        return fault;
    }

    /// <summary>The options of each handshake.</summary>
    public SslClientAuthenticationOptions CreateOptions() => new()
    {
        // A session that is resumed is not checked again.
        AllowTlsResume = false,
        AllowRenegotiation = false,
#pragma warning disable MA0039 // It trusts the CAs of the file instead of those of the machine, and checks the same.
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            ServerCertificate.IsTrusted(certificate, chain, errors, FindAuthorities()),
#pragma warning restore MA0039
    };

    private X509Certificate2Collection FindAuthorities()
    {
        lock (_lock)
        {
            if (_read is { } read && time.GetElapsedTime(read) < s_interval)
                return _authorities;
            _read = time.GetTimestamp();
            string? before = _fault;
            _authorities = Read(caFile, out _fault) ?? _authorities;
            if (_fault is not null && _fault != before)
                Log.CasNotRead(logger, _fault);
            return _authorities;
        }
    }

    private static X509Certificate2Collection? Read(string path, out string? fault) =>
        SmallFile.TryRead(path, CaOption, out fault) is { } pem ? CaFile.TryParse(path, pem, CaOption, out fault) : null;
}
