namespace Berth.Kubernetes;

/// <summary>
/// The API server did not answer, or the connection to it broke: refused, unknown name, certificate not accepted, silent, cut.
/// </summary>
public sealed class KubernetesUnreachableException : KubernetesRequestException
{
    internal KubernetesUnreachableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
