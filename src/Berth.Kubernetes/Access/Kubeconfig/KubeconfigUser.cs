using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Parses a <c>user</c> entry: the credentials and the impersonated user.</summary>
internal static class KubeconfigUser
{
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

    /// <summary>Reads the credentials in kubectl's order: a token file, a token, a user name and password, a plugin.</summary>
    internal static ICredentialSource ReadCredentials(YamlMap entry, string name, KubeconfigCluster cluster, ClusterAccessOptions options)
    {
        RefuseRemoved(entry, name);
        string? token = entry.Text("token");
        string? tokenFile = entry.Text("tokenFile");
        string? user = entry.Text("username");
        if (user is not null && (token is not null || tokenFile is not null))
            throw entry.Fault($"user \"{name}\" has both a token and a username; only one can be meant");
        if (tokenFile is not null)
        {
            TokenFile source = new(entry.Resolve(tokenFile), options.TimeProvider, options.Logger, token);
            source.ReadFirst();
            return source;
        }

        if (token is not null)
            return new FixedCredential(Credential.Bearer(token, $"user \"{name}\" in {entry.File}"));
        if (user is not null)
            return new FixedCredential(Credential.Basic(user, entry.Text("password") ?? ""));
        if (entry.Map("auth-provider") is { } provider)
            return IdToken.Read(provider, name, options);
        return entry.Map("exec") is { } exec
            ? new ExecCredential(ExecPlugin.Read(exec, name, cluster, options), options.TimeProvider)
            : FixedCredential.Anonymous;
    }

    /// <summary>Reads the impersonated user; null for none. Empty values count as none, as for kubectl.</summary>
    internal static Impersonation? ReadImpersonation(YamlMap entry, string name)
    {
        List<(string Name, string Value)> headers = new();
        if (entry.Text("as") is { } user)
            headers.Add(("Impersonate-User", user));
        if (entry.Text("as-uid") is { } uid)
            headers.Add(("Impersonate-Uid", uid));
        foreach (string group in entry.Texts("as-groups"))
            headers.Add(("Impersonate-Group", group));
        foreach ((string key, string value) in entry.TextsByName("as-user-extra"))
            headers.Add((Impersonation.ExtraHeader(key), value));
        if (headers.Count == 0)
            return null;
        if (!entry.Has("as"))
            throw entry.Fault($"user \"{name}\" has as-uid, as-groups or as-user-extra without as; name the user with as");
        if (headers.CountBy(static header => header.Name, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(static count => count.Value > 1) is { Key: { } twice })
        {
            throw entry.Fault($"user \"{name}\" gives several values of {twice}, and .NET's HTTP client would send them as one; "
                + "give one, or use that user's own credentials");
        }

        return headers.TrueForAll(static header => Impersonation.MayStand(header.Value))
            ? new Impersonation(headers)
            : throw entry.Fault($"user \"{name}\" impersonates by a name that cannot stand in a header; only printable ASCII can");
    }

    // If we ignored it, we would be another user than the file says.
    private static void RefuseRemoved(YamlMap entry, string name)
    {
        if (entry.Map("auth-provider") is { } provider && provider.Text("name") is not "oidc")
        {
            throw entry.Fault($"user \"{name}\" uses the auth-provider \"{provider.Text("name")}\", which Kubernetes removed in 1.26; "
                + "use its exec plugin instead (for example gke-gcloud-auth-plugin or kubelogin)");
        }
    }

    private static PemSource? Pem(YamlMap entry, string name, string key)
    {
        if (entry.Text(key + "-data") is { } data)
            return PemSource.FromBase64(data, $"{key}-data of user \"{name}\" in {entry.File}");
        return entry.Text(key) is { } path ? PemSource.FromFile(entry.Resolve(path), $"{key} of user \"{name}\" in {entry.File}") : null;
    }
}
