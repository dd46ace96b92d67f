using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes;

/// <summary>
/// The data for a connection to a cluster: the address of its API server, the certificates to trust, and the credentials. It contains
/// secrets and prints none.
/// </summary>
public sealed class ClusterAccess
{
    internal ClusterAccess()
    {
    }

    /// <summary>The address of the API server: http or https, with a path prefix if there is one.</summary>
    public required Uri Server { get; init; }

    /// <summary>The default namespace: that of the pod, that of the context, or <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The origin of this access, for messages: <c>kubeconfig /home/me/.kube/config, context dev</c>.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// The sentence that says what a request to the API server is waiting for, with the output of a login plugin; null when it waits for
    /// nothing.
    /// </summary>
    public string? Waiting => Credentials.Waiting;

    /// <summary>The impersonated user of the requests; null for the user of the credentials.</summary>
    internal Impersonation? Impersonation { get; init; }

    /// <summary>The proxy to the server; null for none.</summary>
    internal HttpProxy? Proxy { get; init; }

    /// <summary>The trust in the server's certificate. Not used over plain HTTP.</summary>
    internal ServerTrust Trust { get; init; } = ServerTrust.System;

    /// <summary>Our client certificate, if one is configured.</summary>
    internal ClientCertificate? Certificate { get; init; }

    /// <summary>The source of the credential of each request.</summary>
    internal ICredentialSource Credentials { get; init; } = FixedCredential.Anonymous;

    /// <summary>Returns the server and the origin; never a credential.</summary>
    public override string ToString() => $"{Server} ({Source})";
}
