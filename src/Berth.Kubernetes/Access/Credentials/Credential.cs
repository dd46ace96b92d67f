using System.Net.Http.Headers;
using System.Text;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Access.Credentials;

/// <summary>One credential: what goes into <c>Authorization</c>, and the certificate an exec plugin may give. Prints as nothing.</summary>
internal sealed class Credential : IEquatable<Credential>
{
    private readonly string? _scheme;
    private readonly string? _secret;
    private readonly string? _hidden;

    private Credential(string? scheme, string? secret, string? hidden, ClientCertificate? certificate)
    {
        _scheme = scheme;
        _secret = secret;
        _hidden = hidden;
        Certificate = certificate;
    }

    internal static Credential None { get; } = new(null, null, null, null);

    /// <summary>A certificate that came with this credential, not from the configuration; only exec plugins give one.</summary>
    internal ClientCertificate? Certificate { get; }

    internal bool IsEmpty => _secret is null && Certificate is null;

    /// <summary>A bearer token, or (from an exec plugin) a certificate, or both.</summary>
    /// <exception cref="ClusterAccessException">The token cannot stand in a header.</exception>
    internal static Credential Bearer(string? token, string from, ClientCertificate? certificate = null)
    {
        if (token is null)
            return new Credential(null, null, null, certificate);
        foreach (char c in token)
        {
            // The exception that HttpClient would throw quotes the token.
            if (c is <= ' ' or > '~')
                throw new ClusterAccessException($"The token from {from} holds a space, a line break or another character that no "
                    + "token has. "
                    + "Write only the token there.");
        }

        return new Credential("Bearer", token, token, certificate);
    }

    internal static Credential Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), password, null);

    internal void Apply(HttpRequestHeaders headers)
    {
        if (_secret is not null)
            headers.Authorization = new AuthenticationHeaderValue(_scheme!, _secret);
    }

    /// <summary>The text without our secret: servers and proxies like to quote what they were sent.</summary>
    internal string Redact(string text)
    {
        string clean = string.IsNullOrEmpty(_secret) ? text : text.Replace(_secret, "[redacted]", StringComparison.Ordinal);
        return string.IsNullOrEmpty(_hidden) ? clean : clean.Replace(_hidden, "[redacted]", StringComparison.Ordinal);
    }

    public bool Equals(Credential? other) =>
        other is not null && _scheme == other._scheme && _secret == other._secret
            && Equals(Certificate?.Thumbprint, other.Certificate?.Thumbprint);

    public override bool Equals(object? obj) => Equals(obj as Credential);

    public override int GetHashCode() => HashCode.Combine(_scheme, _secret);

    public override string ToString() => IsEmpty ? "no credential" : $"{_scheme ?? "certificate"} credential";
}
