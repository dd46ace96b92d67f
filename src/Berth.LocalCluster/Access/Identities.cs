using System.Security.Cryptography;

namespace Berth.LocalCluster.Access;

/// <summary>The known users: the administrator and each service account, with bearer tokens that only this cluster accepts.</summary>
internal sealed class Identities(TimeProvider time)
{
    public const string Administrator = "kubernetes-admin";
    public const string Anonymous = "system:anonymous";

    private const string AccountPrefix = "system:serviceaccount:";

    /// <summary>The users by their tokens, and the ends of the tokens that were asked for.</summary>
    private readonly ConcurrentDictionary<string, (string User, DateTimeOffset? Until)> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    public string AdministratorToken => TokenOf(Administrator);

    public static string ServiceAccount(string @namespace, string name) => $"{AccountPrefix}{@namespace}:{name}";

    /// <summary>The groups of a user.</summary>
    public static IEnumerable<string> GroupsOf(string user)
    {
        if (user == Anonymous)
            return ["system:unauthenticated"];
        if (user == Administrator)
            return ["system:masters", "system:authenticated"];
        return user.StartsWith(AccountPrefix, StringComparison.Ordinal)
            ? ["system:serviceaccounts", $"system:serviceaccounts:{user.Split(':')[2]}", "system:authenticated"]
            : ["system:authenticated"];
    }

    /// <summary>Returns the token of a user, which is created at the first use.</summary>
    public string TokenOf(string user) => _tokens.GetOrAdd(user, _ => New(user, null));

    /// <summary>Returns one more token of a user, for a time.</summary>
    public string Issue(string user, DateTimeOffset until) => New(user, until);

    /// <summary>Returns the user of an Authorization header. Null when the token is not valid or has expired.</summary>
    public string? Authenticate(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return Anonymous;
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? UserOf(header[7..].Trim()) : null;
    }

    /// <summary>Returns the user of a token. Null when it is not valid or has expired.</summary>
    public string? UserOf(string token) =>
        _users.TryGetValue(token, out (string User, DateTimeOffset? Until) found) && !(found.Until <= time.GetUtcNow()) ? found.User : null;

    /// <summary>Makes every service account token invalid. The administrator's token stays valid.</summary>
    public void ExpireServiceAccounts()
    {
        foreach ((string token, (string user, _)) in _users)
        {
            if (user != Administrator && _users.TryRemove(token, out _))
                _tokens.TryRemove(KeyValuePair.Create(user, token));
        }
    }

    private string New(string user, DateTimeOffset? until)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _users[token] = (user, until);
        return token;
    }
}
