using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes;

/// <summary>
/// What a connection to a cluster needs: the address of its API server, whom to trust there, and who we are. It holds secrets and prints
/// none.
/// </summary>
public sealed class ClusterAccess
{
    internal ClusterAccess()
    {
    }

    /// <summary>The API server's address: http or https, with the path prefix, if it has one.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace used where none is named: the pod's own, the context's, or <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Where this was found, to be printed: <c>kubeconfig /home/me/.kube/config, context dev</c>.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// What has to happen before the API server is asked and has not yet, as a sentence with what a login plugin says; null where nothing
    /// is waited for.
    /// </summary>
    public string? Waiting => Credentials.Waiting;

    /// <summary>As whom requests are made; null for the user of the credentials.</summary>
    internal Impersonation? Impersonation { get; init; }

    /// <summary>The proxy on the way to the server; null for none.</summary>
    internal HttpProxy? Proxy { get; init; }

    /// <summary>How the server proves who it is. Not looked at over plain HTTP.</summary>
    internal ServerTrust Trust { get; init; } = ServerTrust.System;

    /// <summary>The certificate we show, if one is configured.</summary>
    internal ClientCertificate? Certificate { get; init; }

    /// <summary>Who we say we are in each request.</summary>
    internal ICredentialSource Credentials { get; init; } = FixedCredential.Anonymous;

    /// <summary>The server and where it was found; never a credential.</summary>
    public override string ToString() => $"{Server} ({Source})";
}
