using System.Net.Security;

namespace Berth.Dispatcher.Tls;

/// <summary>The certificates of one moment, by the host names that they are for.</summary>
internal sealed class CertificateTable
{
    private readonly Dictionary<string, SslServerAuthenticationOptions> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly SslServerAuthenticationOptions _first;

    /// <param name="certificates">The names of each certificate, and how TLS uses it. The first one is for all other names.</param>
    public CertificateTable(IReadOnlyList<(IReadOnlyList<string> Names, SslServerAuthenticationOptions Options)> certificates)
    {
        _first = certificates[0].Options;
        foreach ((IReadOnlyList<string> names, SslServerAuthenticationOptions options) in certificates)
        {
            foreach (string name in names)
                _byName.TryAdd(name, options);
        }
    }

    /// <summary>Finds the certificate for a host name: its own, then one for all names beside it, then the first.</summary>
    public SslServerAuthenticationOptions Find(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return _first;
        if (_byName.TryGetValue(name, out SslServerAuthenticationOptions? own))
            return own;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat("*", name.AsSpan(dot)), out SslServerAuthenticationOptions? beside)
            ? beside
            : _first;
    }
}
