using System.Net;
using System.Net.Http.Headers;

namespace Berth.Client.Tests;

/// <summary>Answers as a test has written: each answer is a function of the request, asked in turn. The last one stays.</summary>
internal sealed class ScriptedHandler(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private int _next;

    /// <summary>The requests: method, address, idempotency key and body.</summary>
    public List<string> Requests { get; } = [];

    public static HttpResponseMessage Answer(int status, string body, string type = "application/json", int? retryAfter = null)
    {
        HttpResponseMessage response = new((HttpStatusCode)status) { Content = new StringContent(body) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (retryAfter is { } seconds)
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        return response;
    }

    public static HttpResponseMessage Problem(string word, int status, int? retryAfter = null) => Answer(
        status, $$"""{"type":"urn:berth:problem:{{word}}","title":"t","status":{{status}},"detail":"It is {{word}}."}""",
        "application/problem+json", retryAfter);

    public static HttpResponseMessage Stream(Stream body)
    {
        HttpResponseMessage response = new(HttpStatusCode.OK) { Content = new StreamContent(body) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return response;
    }

    public BerthClient Connect(params string[] dispatchers) =>
        new(new HttpClient(this), dispatchers.Length == 0 ? ["http://d"] : dispatchers);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string key = request.Headers.TryGetValues("Idempotency-Key", out IEnumerable<string>? keys) ? keys.Single() : "";
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add($"{request.Method} {request.RequestUri} {key} {body}");
        return answers[Math.Min(_next++, answers.Length - 1)](request);
    }
}
