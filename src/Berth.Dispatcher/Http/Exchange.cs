using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Http;

/// <summary>One request and its answer, as Kestrel's features.</summary>
internal readonly struct Exchange(IFeatureCollection features)
{
    public const string PlainText = "text/plain; charset=utf-8";
    public const string Json = "application/json";

    private static readonly StringValues s_noStore = "no-store";
    private static readonly StringValues s_close = "close";
    private static readonly StringValues s_chunked = "chunked";

    public IHttpRequestFeature Request { get; } = features.Get<IHttpRequestFeature>()!;

    public IHttpResponseFeature Response { get; } = features.Get<IHttpResponseFeature>()!;

    private ClientConnection Connection => (ClientConnection)features.Get<IConnectionHeartbeatFeature>()!;

    public PipeWriter Body => features.Get<IHttpResponseBodyFeature>()!.Writer;

    public CancellationToken Aborted => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    // Methods are case-sensitive (RFC 9110, 9.1), and to Kestrel "head" is none that goes without a body.
    public bool IsHead => Request.Method == HttpMethods.Head;

    /// <summary>True for the two methods that every route takes.</summary>
    public bool IsRead => Request.Method == HttpMethods.Get || IsHead;

    /// <summary>True once the connection belongs to a stream, which ends the answer.</summary>
    public bool IsHandedOver => Connection.IsHandedOver;

    public void Abort() => features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    /// <summary>Asks the client to come back on a new connection, which will go to another server.</summary>
    public void CloseIf(bool stopping)
    {
        if (stopping)
            Response.Headers.Connection = s_close;
    }

    /// <summary>Sets status, type and length. Answers hold for the moment they are given in, so nobody may keep them.</summary>
    public void Begin(int status, StringValues contentType, long? length)
    {
        Response.StatusCode = status;
        IHeaderDictionary headers = Response.Headers;
        headers.ContentType = contentType;
        headers.CacheControl = s_noStore;
        headers.ContentLength = length;
    }

    public ValueTask WriteWholeAsync(int status, StringValues contentType, ReadOnlyMemory<byte> body)
    {
        Begin(status, contentType, body.Length);
        // Without the request's token: Kestrel ends the write of a connection that is gone all the same, and throws nothing.
        return IsHead || body.IsEmpty ? ValueTask.CompletedTask : Send(Body.WriteAsync(body, CancellationToken.None));
    }

    /// <summary>
    /// Begins an answer whose body is written past Kestrel. True when that has to be in chunks; for HTTP/1.0 it goes up to the end of the connection.
    /// </summary>
    public async Task<bool> StartStreamAsync()
    {
        bool isChunked = Request.Protocol != "HTTP/1.0";
        // Told that the body comes in chunks, Kestrel makes none itself, and writes nothing at the answer's end.
        if (isChunked)
            Response.Headers.TransferEncoding = s_chunked;
        await features.Get<IHttpResponseBodyFeature>()!.StartAsync(CancellationToken.None).ConfigureAwait(false);
        return isChunked;
    }

    /// <summary>
    /// Gives the connection to a stream, once the request is over for Kestrel. That no request follows, the answer's head no longer says: it is written.
    /// </summary>
    public void HandOver(IConnectionTakeOver stream)
    {
        Connection.HandOver(stream);
        features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose();
    }

    /// <summary>Mostly the bytes are already on their way, and nothing need be awaited.</summary>
    private static ValueTask Send(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompletedSuccessfully)
            return Await(flush);
        _ = flush.Result;
        return ValueTask.CompletedTask;

        static async ValueTask Await(ValueTask<FlushResult> flush) => await flush.ConfigureAwait(false);
    }
}
