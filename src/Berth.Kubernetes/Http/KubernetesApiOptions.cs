namespace Berth.Kubernetes.Http;

/// <summary>
/// The times of a connection. A silent peer is noticed within ping delay + ping timeout + half of the smaller one: under 45 s.
/// </summary>
internal sealed class KubernetesApiOptions
{
    /// <summary>The limit for resolving the address, the TCP connection and the TLS handshake together. Default: 10 s.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time without a byte from the server after which a ping is sent. Default: 15 s. <see cref="SocketsHttpHandler"/> refuses less
    /// than 1 s.
    /// </summary>
    internal TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The time that the server has to answer the ping. Default: 15 s. <see cref="SocketsHttpHandler"/> refuses less than 1 s.
    /// </summary>
    internal TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The time during which new requests use one connection. Default: 5 min. A new CA or certificate is used after this time at the
    /// latest. After it, requests are also distributed again over the API servers behind one address. An open watch stays on its
    /// connection.
    /// </summary>
    internal TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The time that the headers of an answer may take. Default: 60 s, after which an API server itself gives up a request.
    /// </summary>
    internal TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Creates a replacement for the real connections of a pool, or null for real ones. For tests that play thousands of histories.
    /// </summary>
    internal Func<HttpMessageHandler>? Transport { get; init; }
}
