using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Converts every expected failure into one kind of exception, with its sentence.</summary>
internal static class ReflectorFailure
{
    /// <summary>Returns true for a failure of the server or the network. Anything else is a defect of ours, which is not caught.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is KubernetesRequestException or ClusterAccessException or ResourceFormatException or TimeoutException;

    public static bool IsExpired(Exception exception) => exception is KubernetesApiException { Status.IsExpired: true };

    public static bool IsVersionTooLarge(Exception exception) => exception is KubernetesApiException { Status.IsVersionTooLarge: true };

    /// <summary>True when the server, or a proxy in front of it, refuses the encoding that was asked for.</summary>
    public static bool IsOfEncoding(Exception exception) => exception is KubernetesApiException { StatusCode: 406 or 415 };

    public static EndpointSourceException From<T>(ReflectorContext<T> context, Exception exception, TimeSpan? delay = null)
        where T : class, IResource
    {
        TimeSpan? asked = (exception as KubernetesApiException)?.RetryAfter;
        string message = exception switch
        {
            ResourceFormatException =>
                $"The API server {context.Api.Access.Server} sent {context.Query.Resource} that cannot be read: {exception.Message}. "
                + "Check that the address is that of a Kubernetes API, 1.21 or later, and not of a proxy.",
            TimeoutException =>
                $"The API server {context.Api.Access.Server} began to send {context.Query.Resource}, and then {exception.Message}. "
                + "Look at its load and the network.",
            _ => exception.Message,
        };
        return new EndpointSourceException(message, exception) { RetryAfter = Longer(asked, delay) };
    }

    public static EndpointSourceException FromStatus<T>(ReflectorContext<T> context, KubernetesStatus? status, TimeSpan? delay)
        where T : class, IResource
    {
        TimeSpan? asked = status?.RetryAfterSeconds is { } seconds and >= 0 ? TimeSpan.FromSeconds(seconds) : null;
        string said = status is null ? "an error without a status" : $"{status.Code} {status.Reason}: {status.Message}";
        return new EndpointSourceException(
            $"The API server {context.Api.Access.Server} ended the watch of {context.Query.Resource} with {said.TrimEnd('.')}. "
            + "It is tried again.")
            { RetryAfter = Longer(asked, delay) };
    }

    public static EndpointSourceException Repeated<T>(ReflectorContext<T> context, string what, Strike strike)
        where T : class, IResource =>
        new(
            $"The API server {context.Api.Access.Server} {what}, {strike.Count} times in a row. "
            + "Berth waits for a while, and then lists everything again.")
        { RetryAfter = strike.Delay };

    /// <summary>
    /// Creates the failure of a list that is older than allowed. Only a list without a version, which returns the latest state, may go
    /// back.
    /// </summary>
    public static EndpointSourceException ListedOlder<T>(ReflectorContext<T> context, string notOlderThan, string version)
        where T : class, IResource =>
        new(
            $"The API server {context.Api.Access.Server} was asked for {context.Query.Resource} not older than version {notOlderThan}, "
            + $"and listed version {version}. It lags, or its etcd was restored; the latest is asked for next.");

    /// <summary>Creates the failure of a list whose pages do not end.</summary>
    public static EndpointSourceException PagedWithoutEnd<T>(ReflectorContext<T> context, int pages, bool repeated)
        where T : class, IResource =>
        new($"The API server {context.Api.Access.Server} lists {context.Query.Resource} in pages that do not end: " +
            (repeated ? $"page {pages} names itself as the one that follows" : $"after {pages} pages there is still another") +
            ". Everything is asked for in one answer next. Look for a proxy between that caches or changes answers.");

    private static TimeSpan? Longer(TimeSpan? left, TimeSpan? right) => left is null ? right : right is null || left > right ? left : right;
}
