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

    /// <summary>The server's reason, such as <c>Forbidden</c> or <c>Expired</c>; null when the answer has none.</summary>
    public string? Reason => Status.Reason;

    /// <summary>
    /// The wait that the server asks for, from Retry-After or <c>details.retryAfterSeconds</c>; null for none. It is never negative, and
    /// not limited; loops wait for at most 5 minutes.
    /// </summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The Status of the answer.</summary>
    internal KubernetesStatus Status { get; }
}
