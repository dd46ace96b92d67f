using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Berth.Client.Json;
using Berth.Client.Reading;

namespace Berth.Client.Transport
{
    /// <summary>The dispatchers of a client, and the one that answered last. Safe for several threads.</summary>
    internal sealed class Dispatchers
    {
        private readonly HttpClient _http;
        private readonly Uri[] _dispatchers;
        private readonly BerthClientOptions _options;
        private volatile int _answered;

        public Dispatchers(HttpClient http, Uri[] dispatchers, BerthClientOptions options)
        {
            _http = http;
            _dispatchers = dispatchers;
            _options = options;
        }

        public int Count => _dispatchers.Length;

        public TimeSpan IdleTimeout => _options.IdleTimeout;

        /// <summary>The turn of the dispatcher that answered last. Turns count on; each is another dispatcher's.</summary>
        public int Turn => _answered;

        public Uri Find(int turn) => _dispatchers[turn % _dispatchers.Length];

        /// <summary>
        /// Sends a request and reads the answer. When a dispatcher does not answer, or has no list yet, the next one is asked; a single one
        /// is asked a second time when the connection broke.
        /// </summary>
        /// <returns>The answer, or null when it has no body.</returns>
        /// <exception cref="BerthException">It was refused, or none answers.</exception>
        public async Task<JsonNode?> SendAsync(DispatcherRequest request, CancellationToken cancellationToken)
        {
            List<BerthException> failures = new();
            for (int turn = _answered; ; turn++)
            {
                try
                {
                    JsonNode? answer = await SendOnceAsync(turn, request, cancellationToken).ConfigureAwait(false);
                    _answered = turn % Count;
                    return answer;
                }
                catch (BerthException exception)
                {
                    failures.Add(exception);
                    if (!Failures.IsOfTheDispatcher(exception))
                        throw;
                    if (failures.Count >= Attempts(exception))
                        throw failures[0];
                }
            }
        }

        /// <summary>Opens an answer of 2xx of the dispatcher whose turn it is. The caller disposes it.</summary>
        /// <exception cref="BerthException">It was refused, or the dispatcher does not answer.</exception>
        public Task<HttpResponseMessage> OpenAsync(int turn, DispatcherRequest request, CancellationToken cancellationToken) =>
            WithinLimitAsync(turn, request, static (response, _) => Task.FromResult(response), cancellationToken);

        private Task<JsonNode?> SendOnceAsync(int turn, DispatcherRequest request, CancellationToken cancellationToken) =>
            WithinLimitAsync(turn, request, async (response, limit) =>
            {
                using HttpResponseMessage answer = response;
                string body = await ReadBodyAsync(answer, limit).ConfigureAwait(false);
                try
                {
                    return answer.StatusCode == HttpStatusCode.NoContent ? null : JsonParser.Parse(body);
                }
                catch (FormatException exception)
                {
                    throw Failures.NotADispatcher(Find(turn), answer, exception);
                }
            }, cancellationToken);

        private async Task<T> WithinLimitAsync<T>(
            int turn, DispatcherRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> use,
            CancellationToken cancellationToken)
        {
            Uri dispatcher = Find(turn);
            TimeSpan time = _options.AnswerTimeout + request.ExtraTime;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(time);
            HttpResponseMessage? response = null;
            try
            {
                using HttpRequestMessage message = CreateMessage(dispatcher, request);
                response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                    throw Failures.ReadProblem(dispatcher, response, await ReadBodyAsync(response, limit.Token).ConfigureAwait(false));
                return await use(response, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                response?.Dispose();
                // Not all versions of HttpClient state which of the two ended the request.
                cancellationToken.ThrowIfCancellationRequested();
                if (exception is OperationCanceledException)
                    throw Failures.Unreachable(
                        $"{dispatcher} did not answer within {Failures.Seconds(time)} s. Check that a dispatcher runs there, and that this "
                        + "machine reaches it.");
                if (exception is HttpRequestException || exception is IOException)
                    throw Failures.Unreachable(
                        $"{dispatcher} cannot be reached: {FindReason(exception)}. Check the address, and that a dispatcher runs there.",
                        exception);
                throw;
            }
        }

        private HttpRequestMessage CreateMessage(Uri dispatcher, DispatcherRequest request)
        {
            HttpRequestMessage message = new(request.Method, new Uri(dispatcher, request.Path));
            message.Headers.Accept.ParseAdd(request.Accept);
            if (FindToken(dispatcher) is { } token)
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (request.IdempotencyKey is { } key)
                message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            if (request.LastEventId is { } id)
                message.Headers.TryAddWithoutValidation("Last-Event-ID", id);
            if (request.Body is { } body)
                message.Content = new StringContent(body, Encoding.UTF8, "application/json");
            return message;
        }

        private string? FindToken(Uri dispatcher)
        {
            try
            {
                return _options.Token?.Invoke();
            }
            catch (Exception exception)
            {
                throw Failures.Unreachable(
                    $"There is no token for {dispatcher}: {FindReason(exception)}. Correct the function that returns it.", exception);
            }
        }

        /// <summary>Reads a body with a time limit, because .NET Standard has no limit for it.</summary>
        private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken limit)
        {
            using Stream body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
            using MemoryStream read = new();
            await body.CopyToAsync(read, 81920, limit).ConfigureAwait(false);
            return Encoding.UTF8.GetString(read.GetBuffer(), 0, (int)read.Length);
        }

        /// <summary>The number of attempts. One that took all its time is not repeated with the same dispatcher.</summary>
        private int Attempts(BerthException failure) =>
            Count > 1 ? Count : failure.Status == 0 && failure.InnerException is not null ? 2 : 1;

        private static string FindReason(Exception exception)
        {
            while (exception.InnerException is { } inner)
                exception = inner;
            return exception.Message.TrimEnd('.');
        }
    }
}
