using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>A parsed <c>cluster</c> entry: the server and its trusted certificates.</summary>
internal sealed class KubeconfigCluster
{
    private KubeconfigCluster(Uri server, ServerTrust trust, YamlMap entry)
    {
        Server = server;
        Trust = trust;
        Entry = entry;
    }

    internal Uri Server { get; }

    internal ServerTrust Trust { get; }

    internal YamlMap Entry { get; }

    /// <summary>The proxy of the entry; null when the environment decides.</summary>
    internal HttpProxy? Proxy { get; private init; }

    /// <exception cref="ClusterAccessException">A value is missing, malformed, or not supported.</exception>
    internal static KubeconfigCluster Read(YamlMap entry, string name, ILogger logger)
    {
        Uri server = ReadServer(entry, name);
        bool skip = entry.Flag("insecure-skip-tls-verify");
        PemSource? authority = ReadAuthority(entry, name);
        string? serverName = entry.Text("tls-server-name");
        if (skip && authority is not null)
            throw entry.Fault($"cluster \"{name}\" has both insecure-skip-tls-verify and a certificate-authority; only one can be meant");
        if (server.Scheme == Uri.UriSchemeHttp && (authority is not null || serverName is not null))
            throw entry.Fault($"cluster \"{name}\" is configured for TLS (certificate-authority or tls-server-name), "
                + "but its server begins with http://; write https://");
        return new KubeconfigCluster(server, ServerTrust.Of(authority, skip, serverName, logger), entry)
        {
            Proxy = entry.Text("proxy-url") is { } proxy
                ? HttpProxy.Parse(proxy, $"proxy-url of cluster \"{name}\" in {entry.File}")
                : null,
        };
    }

    private static Uri ReadServer(YamlMap entry, string name)
    {
        string text = entry.Text("server") ?? throw entry.Fault($"cluster \"{name}\" has no server");
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? server)
            || (server.Scheme != Uri.UriSchemeHttps && server.Scheme != Uri.UriSchemeHttp))
            throw entry.Fault($"cluster \"{name}\" has a server that is not an address of the form https://HOST:PORT");
        if (server.UserInfo.Length > 0 || server.Query.Length > 0 || server.Fragment.Length > 0)
            throw entry.Fault($"the server of cluster \"{name}\" may have only scheme, host, port and path");
        return server;
    }

    // As in kubectl, data has precedence over a file.
    private static PemSource? ReadAuthority(YamlMap entry, string name)
    {
        if (entry.Text("certificate-authority-data") is { } data)
            return PemSource.FromBase64(data, $"certificate-authority-data of cluster \"{name}\" in {entry.File}");
        return entry.Text("certificate-authority") is { } path
            ? PemSource.FromFile(entry.Resolve(path), $"certificate-authority of cluster \"{name}\" in {entry.File}")
            : null;
    }
}
