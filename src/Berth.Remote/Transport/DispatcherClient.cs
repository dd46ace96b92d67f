using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Berth.Remote.Diagnostics;
using Berth.Remote.Wire;
using Microsoft.Extensions.Logging;

namespace Berth.Remote.Transport;

/// <summary>Opens watches of dispatchers. Safe for several threads; a source needs one.</summary>
internal sealed class DispatcherClient : IDisposable
{
    private static readonly string s_product = $"berth/{typeof(DispatcherClient).Assembly.GetName().Version?.ToString(3)}";

    private readonly RemoteEndpointSourceOptions _options;
    private readonly BearerToken _token;
    private readonly RequestCounter _counter;
    private readonly HttpClient _http;

    public DispatcherClient(RemoteEndpointSourceOptions options, Meter meter, ILogger logger)
    {
        _options = options;
        _token = new BearerToken(options, logger);
        _counter = new RequestCounter(meter);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.AnswerTimeout,
            SslOptions = new ServerTrust(options, logger).CreateOptions(),
            // A redirect could send the token to another server.
            AllowAutoRedirect = false,
            UseProxy = options.Proxy is not null,
            Proxy = options.Proxy,
            UseCookies = false,
            // Without this, HttpClient reads a disposed watch for 2 more seconds, to reuse the connection if it ends.
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxResponseDrainSize = 0,
            // The next watch resolves the dispatcher's name again.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(s_product);
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
    }

    /// <summary>Opens a watch and returns when the head of the answer has arrived. The caller disposes the connection.</summary>
    /// <param name="dispatcher">The dispatcher, with a slash at the end.</param>
    /// <param name="target">The target.</param>
    /// <param name="state">The state to resume from, or null.</param>
    /// <param name="reader">Reads the events.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EndpointSourceException">The watch could not be opened; the message names the dispatcher.</exception>
    public async Task<WatchConnection> OpenAsync(
        Uri dispatcher, ServiceTarget target, string? state, WatchReader reader, CancellationToken cancellationToken)
    {
        Activity? activity = WatchActivity.Start(target, dispatcher);
        try
        {
            return await OpenAsync(dispatcher, target, state, reader, activity, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WatchActivity.Failed(activity, exception);
            activity?.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<WatchConnection> OpenAsync(
        Uri dispatcher, ServiceTarget target, string? state, WatchReader reader, Activity? activity, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(dispatcher, $"v1/watch/{target}?source"));
        if (state is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", state);
        if (_token.Find() is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using CancellationTokenSource limit = new(_options.AnswerTimeout, _options.TimeProvider);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            _counter.Answered((int)response.StatusCode);
            WatchActivity.Answered(activity, (int)response.StatusCode);
            if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                throw await Refusal.ReadAsync(dispatcher, response, _options.TimeProvider.GetUtcNow(), both.Token).ConfigureAwait(false);
            Stream body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            WatchConnection connection = new(dispatcher, response, body, reader, activity, _options);
            response = null;
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _counter.Failed("timeout");
            string seconds = _options.AnswerTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new EndpointSourceException(
                $"{dispatcher} did not answer within {seconds} s. Check that a dispatcher runs there, and that this machine reaches it.");
        }
        catch (HttpRequestException exception)
        {
            _counter.Failed("unreachable");
            throw new EndpointSourceException(
                $"{dispatcher} cannot be reached: {Innermost(exception)}. Check the address, and that a dispatcher runs there.", exception);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message.TrimEnd('.');
    }
}
