namespace Berth.Kubernetes;

/// <summary>A request to the API server failed. The message is a sentence that says what to do, and never contains a credential.</summary>
public abstract class KubernetesRequestException : Exception
{
    private protected KubernetesRequestException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
