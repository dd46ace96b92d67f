using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>A <c>user</c> entry, looked into: how we say who we are.</summary>
internal static class KubeconfigUser
{
    private static readonly string[] Impersonation = ["as", "as-uid", "as-groups", "as-user-extra"];

    internal static ClientCertificate? ReadCertificate(YamlMap entry, string name, ILogger logger)
    {
        PemSource? certificate = Pem(entry, name, "client-certificate");
        PemSource? key = Pem(entry, name, "client-key");
        return (certificate, key) switch
        {
            (null, null) => null,
            (null, _) => throw entry.Fault($"user \"{name}\" has a client-key but no client-certificate"),
            (_, null) => throw entry.Fault($"user \"{name}\" has a client-certificate but no client-key"),
            _ => ClientCertificate.Load(certificate, key, logger),
        };
    }

    /// <summary>As kubectl chooses: a token file, a token, a user name and password, a plugin.</summary>
    internal static ICredentialSource ReadCredentials(YamlMap entry, string name, KubeconfigCluster cluster, ClusterAccessOptions options)
    {
        Refuse(entry, name);
        string? token = entry.Text("token");
        string? tokenFile = entry.Text("tokenFile");
        string? user = entry.Text("username");
        if (user is not null && (token is not null || tokenFile is not null))
            throw entry.Fault($"user \"{name}\" has both a token and a username; only one can be meant");
        if (tokenFile is not null)
        {
            var source = new TokenFile(entry.Resolve(tokenFile), options.Time, options.Logger, token);
            source.ReadFirst();
            return source;
        }
        if (token is not null)
            return new FixedCredential(Credential.Bearer(token, $"user \"{name}\" in {entry.File}"));
        if (user is not null)
            return new FixedCredential(Credential.Basic(user, entry.Text("password") ?? ""));
        return entry.Map("exec") is { } exec
            ? new ExecCredential(ExecPlugin.Read(exec, name, cluster, options), options.Time)
            : FixedCredential.Anonymous;
    }

    // Passed over in silence, these would make us somebody else than the file says.
    private static void Refuse(YamlMap entry, string name)
    {
        if (entry.Map("auth-provider") is { } provider)
        {
            throw entry.Fault($"user \"{name}\" uses the auth-provider \"{provider.Text("name")}\", which Kubernetes removed in 1.26; "
                + "use its exec plugin instead (for example gke-gcloud-auth-plugin or kubelogin)");
        }
        foreach (string key in Impersonation)
        {
            if (entry.Has(key))
                throw entry.Fault($"user \"{name}\" impersonates another (\"{key}\"), which Berth does not support; use that user's own credentials");
        }
    }

    private static PemSource? Pem(YamlMap entry, string name, string key)
    {
        if (entry.Text(key + "-data") is { } data)
            return PemSource.FromBase64(data, $"{key}-data of user \"{name}\" in {entry.File}");
        return entry.Text(key) is { } path ? PemSource.FromFile(entry.Resolve(path), $"{key} of user \"{name}\" in {entry.File}") : null;
    }
}
