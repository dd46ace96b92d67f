namespace Berth.Kubernetes.Http;

/// <summary>
/// The times of a connection. A silent peer is noticed within ping delay + ping timeout and a quarter of the smaller: under 45 s.
/// </summary>
internal sealed class KubernetesApiOptions
{
    /// <summary>For the address, the TCP connection and the TLS handshake together. Default: 10 s.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a byte from the server it is asked whether it is still there. Default: 15 s. At least 1 s.</summary>
    internal TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long it may take to answer that. Default: 15 s. At least 1 s.</summary>
    internal TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long new requests go over one connection. Default: 5 min: so long does a new CA or certificate wait at most, and then requests
    /// spread again over the API servers behind one address. A watch that is open stays on its connection.
    /// </summary>
    internal TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the headers of an answer may take. Default: 60 s, the time after which an API server gives up a request itself.
    /// </summary>
    internal TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What takes the place of real connections, one for each pool of them, or null for real ones. For tests that play thousands of
    /// histories.
    /// </summary>
    internal Func<HttpMessageHandler>? Transport { get; init; }
}
