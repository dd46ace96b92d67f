namespace Berth.Kubernetes;

/// <summary>The answer is not from a Kubernetes API: a login page, another service, a redirect, an unreadable body.</summary>
public sealed class KubernetesProtocolException : KubernetesRequestException
{
    internal KubernetesProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
