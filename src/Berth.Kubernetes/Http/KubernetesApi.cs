using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Http;

/// <summary>
/// Our thin client of one API server. It sends one request and returns the body, or throws with a sentence that says why there is none. It
/// has no request that changes an object. Its only state is its connections. It is safe for several threads, and a process needs only one.
/// </summary>
internal sealed class KubernetesApi : IDisposable
{
    private static readonly string Product = $"berth/{typeof(KubernetesApi).Assembly.GetName().Version?.ToString(3)}";

    private readonly ClusterAccess _access;
    private readonly KubernetesApiOptions _options;
    private readonly TimeProvider _time;
    private readonly ApiCounter _counter;
    private readonly string _root;
    private readonly bool _secure;
    private readonly Lock _lock = new();
    private ConnectionPool? _pool;
    private bool _disposed;

    internal KubernetesApi(ClusterAccess access, Meter meter, TimeProvider time, KubernetesApiOptions? options = null)
    {
        _access = access;
        _options = options ?? new KubernetesApiOptions();
        _time = time;
        _counter = new ApiCounter(meter);
        _root = access.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _secure = access.Server.Scheme == Uri.UriSchemeHttps;
    }

    /// <summary>The access that the requests use, for messages.</summary>
    internal ClusterAccess Access => _access;

    /// <summary>Sends a GET and returns when the headers of a successful answer have arrived. The caller disposes the answer.</summary>
    /// <param name="pathAndQuery">
    /// The path after the server's path prefix, with a slash at its start: <c>/apis/discovery.k8s.io/v1/…?watch=1</c>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the headers. Reading the body has its own token.</param>
    /// <param name="protobuf">True to prefer protobuf. The answer says whether it is protobuf or JSON.</param>
    /// <exception cref="KubernetesApiException">The server answered with a status that is not a success.</exception>
    /// <exception cref="KubernetesUnreachableException">No answer arrived.</exception>
    /// <exception cref="KubernetesProtocolException">The answer is not from a Kubernetes API.</exception>
    /// <exception cref="ClusterAccessException">There is no credential, because a plugin failed.</exception>
    internal Task<KubernetesResponse> GetAsync(string pathAndQuery, CancellationToken cancellationToken, bool protobuf = false) =>
        SendAsync(ApiRequest.Parse(pathAndQuery) with { AcceptsProtobuf = protobuf }, cancellationToken);

    /// <summary>Asks a question about the caller itself: a POST whose answer the API server does not store.</summary>
    /// <param name="path">The path of the question, such as <c>/apis/authentication.k8s.io/v1/selfsubjectreviews</c>.</param>
    /// <param name="json">The question.</param>
    /// <param name="cancellationToken">Ends the wait for the headers.</param>
    /// <remarks>It throws what <see cref="GetAsync"/> throws.</remarks>
    internal Task<KubernetesResponse> AskAsync(string path, byte[] json, CancellationToken cancellationToken) =>
        SendAsync(ApiRequest.Question(path, json), cancellationToken);

    /// <summary>Closes idle connections and accepts no further request. Answers that are still being read stay usable.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _pool?.Dispose();
            _pool = null;
        }
    }

    public override string ToString() => $"Kubernetes API {_access}";

    private async Task<KubernetesResponse> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        Credential credential = await _access.Credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        (HttpResponseMessage response, string? certificate) = await SendAsync(request, credential, cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                Credential renewed = await RenewAsync(credential, cancellationToken).ConfigureAwait(false);
                if (!renewed.Equals(credential) || CertificateFor(renewed)?.Thumbprint != certificate)
                {
                    response.Dispose();
                    credential = renewed;
                    (response, _) = await SendAsync(request, credential, cancellationToken).ConfigureAwait(false);
                }
            }

            return await AcceptAsync(request, credential, response, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private ClientCertificate? CertificateFor(Credential credential) => credential.Certificate ?? _access.Certificate;

    private async ValueTask<Credential> RenewAsync(Credential refused, CancellationToken cancellationToken)
    {
        _access.Credentials.Refuse(refused);
        Credential renewed = await _access.Credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        CertificateFor(renewed)?.GetContext();
        return renewed;
    }

    private async Task<(HttpResponseMessage Response, string? Certificate)> SendAsync(
        ApiRequest request, Credential credential, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(_options.HeadersTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (true)
        {
            ConnectionPool pool = PoolFor(CertificateFor(credential));
            using HttpRequestMessage message = CreateMessage(request, credential);
            try
            {
                HttpResponseMessage? response = await pool.TrySendAsync(message, either.Token).ConfigureAwait(false);
                if (response is null)
                    continue;
                _counter.Answered(request.Verb, (int)response.StatusCode);
                return (response, pool.Thumbprint);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                _counter.Failed(request.Verb, "timeout");
                throw TransportFailure.Silent(_access, _options.HeadersTimeout);
            }
            catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
            {
                _counter.Failed(request.Verb, "unreachable");
                throw TransportFailure.Unreachable(_access, exception);
            }
        }
    }

    private HttpRequestMessage CreateMessage(ApiRequest request, Credential credential)
    {
        HttpRequestMessage message = new(request.Body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(_root + request.PathAndQuery))
        {
            Content = request.Body is null ? null : JsonContentOf(request.Body),
            // HTTP/2 is negotiated by TLS only.
            Version = _secure ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        string accepted = request.AcceptsProtobuf ? $"{ProtobufEnvelope.ContentType}, application/json" : "application/json";
        message.Headers.TryAddWithoutValidation("Accept", accepted);
        // Refuse compression: in a cluster it costs the shared API server more than it saves on the network.
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        message.Headers.TryAddWithoutValidation("User-Agent", Product);
        credential.Apply(message.Headers);
        _access.Impersonation?.Apply(message.Headers);
        return message;
    }

    private static ByteArrayContent JsonContentOf(byte[] json) => new(json)
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    private ConnectionPool PoolFor(ClientCertificate? certificate)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_pool is { } current && current.Thumbprint == certificate?.Thumbprint)
                return current;
            _pool?.Dispose();
            return _pool = new ConnectionPool(_access, certificate, _options);
        }
    }

    private async Task<KubernetesResponse> AcceptAsync(
        ApiRequest request, Credential credential, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode && !IsReadable(request, response))
            throw AnswerFailure.NotKubernetes(_access, request, credential, response);
        Stream body = new ResponseBody(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _access);
        if (response.IsSuccessStatusCode)
            return new KubernetesResponse(response, body);
        ReadOnlyMemory<byte> said = await ReadRefusalAsync(body, cancellationToken).ConfigureAwait(false);
        throw AnswerFailure.Refused(_access, request, credential, response, said, _time.GetUtcNow());
    }

    // The status is already known. A cut or slow body must not hide it.
    private async Task<ReadOnlyMemory<byte>> ReadRefusalAsync(Stream body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await BoundedBody.ReadAsync(body, either.Token).ConfigureAwait(false);
        }
        catch (KubernetesUnreachableException)
        {
            return default;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }

    private static bool IsReadable(ApiRequest request, HttpResponseMessage response) =>
        (response.Content.Headers.ContentType?.MediaType == "application/json"
            || (request.AcceptsProtobuf && response.Content.Headers.ContentType?.MediaType == ProtobufEnvelope.ContentType))
        && response.Content.Headers.ContentEncoding.All(encoding => encoding == "identity");
}
