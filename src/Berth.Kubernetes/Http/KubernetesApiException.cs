using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes;

/// <summary>The API server refused a request, with a status that is not a success.</summary>
public sealed class KubernetesApiException : KubernetesRequestException
{
    internal KubernetesApiException(string message, KubernetesStatus status, TimeSpan? retryAfter)
        : base(message, null)
    {
        Status = status;
        RetryAfter = retryAfter;
    }

    /// <summary>The HTTP status: 401, 403, 410, 429, 500, …</summary>
    public int StatusCode => Status.Code;

    /// <summary>The server's own word for it, such as <c>Forbidden</c> or <c>Expired</c>; null when the answer held none.</summary>
    public string? Reason => Status.Reason;

    /// <summary>
    /// How long the server asks to be left alone, from Retry-After or <c>details.retryAfterSeconds</c>; null when it did not say. Never
    /// negative, and as long as the server wrote: loops wait for 5 minutes at most.
    /// </summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The whole answer.</summary>
    internal KubernetesStatus Status { get; }
}
