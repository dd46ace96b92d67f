using System.Security.Cryptography;

namespace Berth.LocalCluster.Access;

/// <summary>The known callers: the administrator and each service account, by bearer tokens made for this cluster alone.</summary>
internal sealed class Identities
{
    public const string Administrator = "kubernetes-admin";
    public const string Anonymous = "system:anonymous";

    private readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    public Identities() => AdministratorToken = TokenOf(Administrator);

    public string AdministratorToken { get; }

    public static string ServiceAccount(string @namespace, string name) => $"system:serviceaccount:{@namespace}:{name}";

    /// <summary>The token of a user, made at first use.</summary>
    public string TokenOf(string user) => _tokens.GetOrAdd(user, _ =>
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _users[token] = user;
        return token;
    });

    /// <summary>The user of an Authorization header; null when the token is not (or no longer) good.</summary>
    public string? Authenticate(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return Anonymous;
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? _users.GetValueOrDefault(header[7..].Trim()) : null;
    }

    /// <summary>Makes every service account token invalid; the administrator's stays.</summary>
    public void ExpireServiceAccounts()
    {
        foreach ((string user, string token) in _tokens)
        {
            if (user != Administrator && _tokens.TryRemove(user, out _))
                _users.TryRemove(token, out _);
        }
    }
}
