using System.Net.Http.Headers;
using System.Text;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Access.Credentials;

/// <summary>
/// One credential: the value of <c>Authorization</c>, and the certificate that an exec plugin may give. It prints as an empty text.
/// </summary>
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

    /// <summary>The certificate of this credential, if it has one. Only exec plugins give one.</summary>
    internal ClientCertificate? Certificate { get; }

    internal bool IsEmpty => _secret is null && Certificate is null;

    /// <summary>Creates a credential from a bearer token, a certificate of an exec plugin, or both.</summary>
    /// <exception cref="ClusterAccessException">The token contains a character that a header cannot have.</exception>
    internal static Credential Bearer(string? token, string from, ClientCertificate? certificate = null)
    {
        if (token is null)
            return new Credential(null, null, null, certificate);
        foreach (char c in token)
        {
            // HttpClient would throw an exception that quotes the token.
            if (c is <= ' ' or > '~')
                throw new ClusterAccessException($"The token from {from} has a space, a line break or another character "
                    + "that no token has. Write only the token there.");
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

    /// <summary>Removes our secret from a text, because servers and proxies often quote what they received.</summary>
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
