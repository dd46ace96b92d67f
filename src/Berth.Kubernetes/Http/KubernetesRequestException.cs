namespace Berth.Kubernetes;

/// <summary>
/// A request to the API server did not give what it was for. The message is a sentence that says what to do, and never holds a credential.
/// </summary>
public abstract class KubernetesRequestException : Exception
{
    private protected KubernetesRequestException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
