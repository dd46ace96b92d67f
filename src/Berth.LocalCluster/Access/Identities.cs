using System.Security.Cryptography;

namespace Berth.LocalCluster.Access;

/// <summary>The known users: the administrator and each service account, with bearer tokens that only this cluster accepts.</summary>
internal sealed class Identities
{
    public const string Administrator = "kubernetes-admin";
    public const string Anonymous = "system:anonymous";

    private readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    public Identities() => AdministratorToken = TokenOf(Administrator);

    public string AdministratorToken { get; }

    public static string ServiceAccount(string @namespace, string name) => $"system:serviceaccount:{@namespace}:{name}";

    /// <summary>Returns the token of a user, which is created at the first use.</summary>
    public string TokenOf(string user) => _tokens.GetOrAdd(user, _ =>
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _users[token] = user;
        return token;
    });

    /// <summary>Returns the user of an Authorization header; null when the token is not valid, or no longer.</summary>
    public string? Authenticate(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return Anonymous;
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? _users.GetValueOrDefault(header[7..].Trim()) : null;
    }

    /// <summary>Makes every service account token invalid. The administrator's token stays valid.</summary>
    public void ExpireServiceAccounts()
    {
        foreach ((string user, string token) in _tokens)
        {
            if (user != Administrator && _tokens.TryRemove(user, out _))
                _users.TryRemove(token, out _);
        }
    }
}
