using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Api;

/// <summary>The answer that replaces the answer of every request, while it is set.</summary>
internal sealed class Refusal
{
    private volatile ApiException? _answer;

    public void Begin(int code, TimeSpan? retryAfter)
    {
        (string reason, string message) = code switch
        {
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", "forbidden: the local cluster was told to refuse"),
            429 => ("TooManyRequests", "Too many requests, please try again later."),
            500 => ("InternalError", "Internal error occurred: the local cluster was told to refuse"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "the server was unable to return a response in the time allotted, but may still be processing the request"),
            _ => throw new LocalClusterException($"Requests cannot be refused with {code}. Give 401, 403, 429, 500, 503 or 504."),
        };
        if (retryAfter < TimeSpan.Zero || retryAfter > TimeSpan.FromDays(365))
            throw new LocalClusterException($"The time to retry after is {retryAfter}. Give 0 s to 365 days, or none.");
        JsonObject details = [];
        if (retryAfter is { } wait)
            details["retryAfterSeconds"] = (int)Math.Ceiling(wait.TotalSeconds);
        _answer = new ApiException(code, reason, message, details);
    }

    public void End() => _answer = null;

    public void Check()
    {
        if (_answer is { } answer)
            throw answer;
    }
}
