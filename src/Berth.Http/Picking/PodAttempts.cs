namespace Berth.Http.Picking;

/// <summary>
/// The attempts of one request. It turns the URL of the request to the pod of each attempt, and puts it back when it is disposed.
/// </summary>
internal sealed class PodAttempts(HttpRequestMessage request, PodRequest asked, BerthHandlerOptions options) : IDisposable
{
    private readonly Uri _uri = request.RequestUri!;
    private readonly string? _host = request.Headers.Host;
    private readonly List<string> _tried = [];

    /// <summary>The number of pods tried so far.</summary>
    public int Count => _tried.Count;

    /// <summary>Picks a pod that was not tried yet, and turns the request to it.</summary>
    /// <exception cref="HttpRequestException">None is available. The inner exception says why.</exception>
    public PodEndpoint Next(EndpointSnapshot snapshot)
    {
        PodEndpoint pod;
        int port;
        try
        {
            pod = asked.PickerOr(options.Picker).Pick(_tried.Count == 0 ? snapshot : WithoutTried(snapshot), asked.Key);
            port = PortOf(pod);
        }
        catch (NoEndpointException exception)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
        }

        _tried.Add(pod.Authority);
        request.RequestUri = new UriBuilder(_uri) { Host = pod.Address.ToString(), Port = port }.Uri;
        if (_host is null && options.HostName is { } hostName)
            request.Headers.Host = hostName(pod);
        request.Options.Set(RequestKeys.SentTo, pod);
        return pod;
    }

    /// <summary>
    /// True when the request may go to another pod: it names none, no connection was made, so that nothing was sent, and there is another.
    /// </summary>
    /// <param name="exception">The failure of the attempt.</param>
    /// <param name="snapshot">The pods now: the one that failed may have been replaced.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public bool MayTryAnother(Exception exception, EndpointSnapshot snapshot, CancellationToken cancellationToken) =>
        !asked.NamesPod && Count < options.MaxPods && !cancellationToken.IsCancellationRequested && IsNotConnected(exception)
            && snapshot.Available.Any(pod => !_tried.Contains(pod.Authority));

    /// <summary>Puts the request back as the caller wrote it.</summary>
    public void Dispose()
    {
        request.RequestUri = _uri;
        request.Headers.Host = _host;
    }

    // A connection that takes longer than SocketsHttpHandler.ConnectTimeout is a cancellation with a TimeoutException in it.
    private static bool IsNotConnected(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
            or OperationCanceledException { InnerException: TimeoutException };

    private EndpointSnapshot WithoutTried(EndpointSnapshot snapshot) => EndpointSnapshot.Create(
        snapshot.Target, snapshot.Ports, snapshot.Available.Where(pod => !_tried.Contains(pod.Authority)));

    private int PortOf(PodEndpoint pod) => options.PortName is not { } name ? pod.Port
        : pod.FindPort(name)?.Number ?? throw NoEndpointException.ForPort(pod, name);
}
