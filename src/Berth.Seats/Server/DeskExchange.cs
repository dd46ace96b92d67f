using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Seats.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Seats.Server;

/// <summary>One request to the desk and its answer, as Kestrel's features.</summary>
internal readonly struct DeskExchange(IFeatureCollection features)
{
    public const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    public IHttpRequestFeature Request { get; } = features.Get<IHttpRequestFeature>()!;

    public IHttpResponseFeature Response { get; } = features.Get<IHttpResponseFeature>()!;

    public PipeWriter Body => features.Get<IHttpResponseBodyFeature>()!.Writer;

    public CancellationToken Aborted => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    /// <summary>The connection of the request shows a key. False when there are too many such connections.</summary>
    public bool TryBeKnown() => features.Get<DeskVisit>() is not { } visit || visit.TryKnow();

    public void Abort() => features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    /// <summary>Reads the body as one message.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="plain">A faster reader of the message's plain form, or null.</param>
    /// <exception cref="JsonException">It is not that message.</exception>
    /// <exception cref="BadHttpRequestException">It is too large, or too slow.</exception>
    public async ValueTask<T> ReadAsync<T>(JsonTypeInfo<T> type, PlainReader<T>? plain = null)
        where T : class
    {
        // Kestrel bounds the body and the time for it.
        PipeReader reader = features.Get<IRequestBodyPipeFeature>()!.Reader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(Aborted).ConfigureAwait(false);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return (read.Buffer.IsSingleSegment ? plain?.Invoke(read.Buffer.FirstSpan) : null) ?? Parse(read, type);
            }
            finally
            {
                reader.AdvanceTo(read.Buffer.End);
            }
        }
    }

    public ValueTask WriteAsync<T>(int status, T message, JsonTypeInfo<T> type, string contentType = Json) =>
        WriteAsync(status, JsonSerializer.SerializeToUtf8Bytes(message, type), contentType);

    public async ValueTask WriteAsync(int status, ReadOnlyMemory<byte> body, string contentType)
    {
        Begin(status, contentType);
        Response.Headers.ContentLength = body.Length;
        if (Request.Method != HttpMethods.Head)
            await Body.WriteAsync(body, CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask WriteProblemAsync(DeskProblem problem)
    {
        if (problem.Status == 401)
            Response.Headers.WWWAuthenticate = "Bearer";
        if (problem.Status == 503)
            Response.Headers.RetryAfter = "1";
        return WriteAsync(problem.Status, problem.ToMessage(), WireJson.Default.ProblemMessage, ProblemJson);
    }

    public void Begin(int status, string contentType)
    {
        Response.StatusCode = status;
        Response.Headers.ContentType = contentType;
        Response.Headers.CacheControl = "no-store";
    }

    private static T Parse<T>(ReadResult read, JsonTypeInfo<T> type)
        where T : class
    {
        Utf8JsonReader json = new(read.Buffer, new JsonReaderOptions { MaxDepth = 8 });
        T message = JsonSerializer.Deserialize(ref json, type) ?? throw new JsonException("The body is null.");
        return json.Read() ? throw new JsonException("The body contains more than one message.") : message;
    }
}
