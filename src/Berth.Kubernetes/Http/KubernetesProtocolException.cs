namespace Berth.Kubernetes;

/// <summary>
/// Something answered, but not as the Kubernetes API does: a login page, another service, a redirect, an unreadable body.
/// </summary>
public sealed class KubernetesProtocolException : KubernetesRequestException
{
    internal KubernetesProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
