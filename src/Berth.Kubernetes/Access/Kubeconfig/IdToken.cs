using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Kubernetes.Access.Credentials;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// The id-token of the auth-provider <c>oidc</c>, used until it expires. kubectl would then renew it and write the file; Berth only reads.
/// </summary>
internal sealed class IdToken : ICredentialSource
{
    private readonly Credential _credential;
    private readonly DateTimeOffset? _expires;
    private readonly string _user;
    private readonly TimeProvider _time;

    private IdToken(Credential credential, DateTimeOffset? expires, string user, TimeProvider time)
    {
        _credential = credential;
        _expires = expires;
        _user = user;
        _time = time;
    }

    /// <exception cref="ClusterAccessException">There is no id-token, or it has expired.</exception>
    internal static IdToken Read(YamlMap provider, string user, ClusterAccessOptions options)
    {
        string token = provider.Map("config")?.Text("id-token")
            ?? throw provider.Fault($"user \"{user}\" uses the auth-provider \"oidc\" without an id-token, and Berth does not log in; "
                + "log in with the tool that wrote this file, or use an exec plugin such as kubelogin");
        IdToken source = new(
            Credential.Bearer(token, $"id-token of user \"{user}\" in {provider.File}"), Expiry(token), user, options.TimeProvider);
        source.ThrowIfExpired();
        return source;
    }

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        ThrowIfExpired();
        return ValueTask.FromResult(_credential);
    }

    public void Refuse(Credential refused)
    {
        // There is no file to read again.
    }

    private void ThrowIfExpired()
    {
        if (_expires is { } expires && _time.GetUtcNow() >= expires)
        {
            throw new ClusterAccessException(string.Create(CultureInfo.InvariantCulture,
                $"The id-token of user \"{_user}\" (auth-provider \"oidc\") expired at {expires:u}, and Berth does not renew it. ")
                + "Run a kubectl command, which does, or use an exec plugin such as kubelogin.");
        }
    }

    // Reads only the expiry. The server checks the token.
    private static DateTimeOffset? Expiry(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            using JsonDocument claims = JsonDocument.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])));
            if (claims.RootElement.ValueKind != JsonValueKind.Object || !claims.RootElement.TryGetProperty("exp", out JsonElement exp))
                return null;
            bool isNumber = exp.ValueKind == JsonValueKind.Number;
            // The years that a DateTimeOffset can have.
            return isNumber && exp.TryGetDouble(out double seconds) && seconds is > -6e10 and < 2.5e11
                ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
                : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }
}
