using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Seats.Keys;
using Berth.Seats.Refusals;
using Berth.Seats.Tls;
using Berth.Seats.Wire;

namespace Berth.Seats.Clients;

/// <summary>Asks one desk. Safe for any number of threads.</summary>
/// <param name="http">The HTTP client, shared by all desks. It has no time limit of its own.</param>
/// <param name="desk">The address of the desk.</param>
/// <param name="pod">The pod, as <c>namespace/name</c>. The key opens only its desk.</param>
/// <param name="keys">The keys.</param>
/// <param name="name">The name that the desk's certificate has, or null for its address.</param>
internal sealed class SeatDeskClient(HttpClient http, Uri desk, string pod, SeatKeyFile keys, string? name = null)
{
    private const int MaxProblem = 16 * 1024;
    private const int MaxLine = 128 * 1024;

    public Uri Desk => desk;

    /// <summary>Creates a client of HTTP for desks: no proxy, no redirect, few connections.</summary>
    /// <param name="connectTimeout">The time for a connection.</param>
    /// <param name="trust">The way to know desks that speak TLS, or null.</param>
    public static HttpClient CreateHttp(TimeSpan connectTimeout, DeskTrust? trust = null) => new(new SocketsHttpHandler
    {
        SslOptions = trust?.CreateOptions() ?? new SslClientAuthenticationOptions(),
        ConnectTimeout = connectTimeout,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        MaxConnectionsPerServer = 16,
        MaxResponseHeadersLength = 16,
        ResponseDrainTimeout = TimeSpan.Zero,
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 4 * 1024 * 1024,
    };

    /// <summary>Asks for several reservations at once.</summary>
    /// <exception cref="HttpRequestException">The desk did not answer, or refused the whole.</exception>
    public async Task<ReserveResults> ReserveAsync(IReadOnlyList<ReserveMessage> requests, CancellationToken cancellationToken)
    {
        ReserveResults answer = await SendAsync(
            HttpMethod.Post, "v1/reservations", Content(new ReserveBatch(requests), WireJson.Default.ReserveBatch),
            WireJson.Default.ReserveResults, cancellationToken, PlainMessages.FindResults).ConfigureAwait(false);
        return answer.Results.Count == requests.Count
            ? answer
            : throw new HttpRequestException($"The desk at {desk} gave {answer.Results.Count} answers to {requests.Count} requests.");
    }

    /// <summary>Gives a reservation more time.</summary>
    public Task<SeatMessage> RenewAsync(string reservation, double seconds, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, $"v1/reservations/{reservation}/renew", Content(new RenewMessage(seconds), WireJson.Default.RenewMessage),
        WireJson.Default.SeatMessage, cancellationToken);

    /// <summary>Ends a reservation or a session. Returns the refusal, or none.</summary>
    public async Task<SeatRefusal> ReleaseAsync(string reservation, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendWithKeyAsync(
            HttpMethod.Delete, $"v1/reservations/{reservation}", null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NoContent)
            return SeatRefusal.None;
        ProblemMessage problem = await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false);
        return RefusalWords.Find(problem.Type[DeskProblem.TypePrefix.Length..]) ?? throw Unexpected(response, problem.Detail);
    }

    /// <summary>Reads the state.</summary>
    public Task<StateMessage> GetStateAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "v1/state", null, WireJson.Default.StateMessage, cancellationToken);

    /// <summary>Closes or opens the desk.</summary>
    public Task<StateMessage> SetClosedAsync(bool closed, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, closed ? "v1/close" : "v1/open", null, WireJson.Default.StateMessage, cancellationToken);

    /// <summary>Follows the state. An event is null when the desk only confirms that it still runs.</summary>
    /// <exception cref="HttpRequestException">The desk did not answer, or refused.</exception>
    /// <exception cref="IOException">The stream broke.</exception>
    public async IAsyncEnumerable<StateMessage?> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendWithKeyAsync(
            HttpMethod.Get, "v1/watch", null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            throw Unexpected(response, (await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false)).Detail);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await foreach (ReadOnlyMemory<byte> line in DeskLines.ReadAsync(body, MaxLine, cancellationToken).ConfigureAwait(false))
            {
                ReadOnlySpan<byte> data = "data: "u8;
                if (line.Span.StartsWith(data))
                    yield return Parse(line.Span[data.Length..]);
                else if (line.Span.StartsWith(":"u8))
                    yield return null;
            }
        }
    }

    private static StateMessage Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, WireJson.Default.StateMessage) ?? throw new IOException("A state of the desk is null.");
        }
        catch (JsonException exception)
        {
            throw new IOException($"A state of the desk cannot be read: {exception.Message}", exception);
        }
    }

    private static ByteArrayContent Content<T>(T message, JsonTypeInfo<T> type)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(message, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, ByteArrayContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken,
        PlainReader<T>? plain = null)
        where T : class
    {
        using HttpResponseMessage response = await SendWithKeyAsync(method, path, content, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            throw Unexpected(response, (await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false)).Detail);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return plain?.Invoke(body) ?? JsonSerializer.Deserialize(body, type)
                ?? throw new HttpRequestException($"The answer of the desk at {desk} is null.");
        }
        catch (JsonException exception)
        {
            throw new HttpRequestException($"The answer of the desk at {desk} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Sends with the newest key, and with each older one after a 401: during a rotation the desk may not have the newest yet.
    /// </summary>
    private async Task<HttpResponseMessage> SendWithKeyAsync(
        HttpMethod method, string path, ByteArrayContent? content, CancellationToken cancellationToken)
    {
        IReadOnlyList<SharedSeatKey> shared = keys.Current.Shared;
        for (int i = 0; ; i++)
        {
            using HttpRequestMessage request = new(method, new Uri(desk, path)) { Content = content };
            // SocketsHttpHandler checks a certificate against this name.
            request.Headers.Host = name;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shared[i].TokenFor(pod));
            HttpResponseMessage response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            // Otherwise it would be disposed with the request.
            request.Content = null;
            if (response.StatusCode != HttpStatusCode.Unauthorized || i + 1 == shared.Count)
                return response;
            response.Dispose();
        }
    }

    private async Task<ProblemMessage> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is not (> 0 and <= MaxProblem))
            throw Unexpected(response, "no problem came with it");
        try
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            ProblemMessage? problem = JsonSerializer.Deserialize(body, WireJson.Default.ProblemMessage);
            return problem?.Type.StartsWith(DeskProblem.TypePrefix, StringComparison.Ordinal) == true
                ? problem
                : throw Unexpected(response, "it is no desk");
        }
        catch (JsonException)
        {
            throw Unexpected(response, "it is no desk");
        }
    }

    private HttpRequestException Unexpected(HttpResponseMessage response, string detail) => new(
        $"The desk at {desk} answered with status {(int)response.StatusCode}: {detail.TrimEnd('.')}.", null, response.StatusCode);
}
