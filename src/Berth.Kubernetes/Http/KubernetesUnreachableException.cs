namespace Berth.Kubernetes;

/// <summary>
/// The API server gave no answer, or the connection to it broke: refused, name unknown, certificate not accepted, silent, cut.
/// </summary>
public sealed class KubernetesUnreachableException : KubernetesRequestException
{
    internal KubernetesUnreachableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
