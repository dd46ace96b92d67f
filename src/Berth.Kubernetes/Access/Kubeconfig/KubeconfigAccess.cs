using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>The access that one context of one or several kubeconfigs describes.</summary>
internal static class KubeconfigAccess
{
    /// <exception cref="ClusterAccessException">Anything the connection needs is missing or wrong.</exception>
    internal static ClusterAccess Load(IReadOnlyList<string> paths, ClusterAccessOptions options, bool mustExist) =>
        Load(KubeconfigSet.Read(paths, mustExist), options);

    /// <exception cref="ClusterAccessException">Anything the connection needs is missing or wrong.</exception>
    internal static ClusterAccess Load(KubeconfigSet set, ClusterAccessOptions options)
    {
        (string name, YamlMap context) = set.Context(options.Context);
        string clusterName = context.Text("cluster") ?? throw context.Fault($"context \"{name}\" names no cluster");
        KubeconfigCluster cluster = KubeconfigCluster.Read(set.Cluster(clusterName, name), clusterName, options.Logger);

        ClientCertificate? certificate = null;
        ICredentialSource credentials = FixedCredential.Anonymous;
        Impersonation? impersonation = null;
        if (context.Text("user") is { } userName)
        {
            YamlMap user = set.User(userName, name);
            certificate = KubeconfigUser.ReadCertificate(user, userName, options.Logger);
            credentials = KubeconfigUser.ReadCredentials(user, userName, cluster, options);
            impersonation = KubeconfigUser.ReadImpersonation(user, userName);
            RefuseInTheClear(cluster, user, userName, certificate, credentials);
        }

        return new ClusterAccess
        {
            Server = cluster.Server,
            Namespace = context.Text("namespace") ?? "default",
            Source = $"kubeconfig {set.Paths}, context {name}",
            Trust = cluster.Trust,
            Certificate = certificate,
            Credentials = credentials,
            Impersonation = impersonation,
            Proxy = cluster.Proxy ?? HttpProxy.FromEnvironment(cluster.Server, options.Environment),
        };
    }

    // kubectl would send credentials over plain http://. Anyone on the network could then read and use them.
    private static void RefuseInTheClear(
        KubeconfigCluster cluster, YamlMap user, string name, ClientCertificate? certificate, ICredentialSource credentials)
    {
        if (cluster.Server.Scheme == Uri.UriSchemeHttps)
            return;
        if (certificate is not null)
            throw user.Fault($"user \"{name}\" has a client-certificate, but the server {cluster.Server} is not https://; write https://");
        if (credentials != FixedCredential.Anonymous && !cluster.Server.IsLoopback)
            throw user.Fault($"user \"{name}\" has credentials, which would be sent to {cluster.Server} unencrypted; write https://");
    }
}
