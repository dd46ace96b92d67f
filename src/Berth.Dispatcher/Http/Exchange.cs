using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Berth.Dispatcher.Clients;
using Berth.Dispatcher.Connections;
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
    public const string EventStream = "text/event-stream";
    public const string LineStream = "application/jsonl";

    private static readonly StringValues s_noStore = "no-store";
    private static readonly StringValues s_close = "close";
    private static readonly StringValues s_chunked = "chunked";

    public IHttpRequestFeature Request { get; } = features.Get<IHttpRequestFeature>()!;

    public IHttpResponseFeature Response { get; } = features.Get<IHttpResponseFeature>()!;

    // Only a dispatcher's own Kestrel has it. In other programs the HTTP side of their server carries the stream, and so does HTTP/2, where
    // one connection has many requests.
    private ClientConnection? Connection =>
        IsHttp1 ? features.Get<IConnectionHeartbeatFeature>() as ClientConnection : null;

    private bool IsHttp1 => Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal);

    public PipeWriter Body => features.Get<IHttpResponseBodyFeature>()!.Writer;

    /// <summary>The body of the request. Kestrel bounds its size and its time.</summary>
    public PipeReader RequestBody => features.Get<IRequestBodyPipeFeature>()!.Reader;

    public CancellationToken Aborted => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    // Methods are case-sensitive (RFC 9110, 9.1), and Kestrel sends a body for "head".
    public bool IsHead => Request.Method == HttpMethods.Head;

    /// <summary>True for GET and HEAD, which every route accepts.</summary>
    public bool IsRead => Request.Method == HttpMethods.Get || IsHead;

    /// <summary>The certificate that the client has shown, or null.</summary>
    public X509Certificate2? ClientCertificate => features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>The caller that the gate has found, or null when it does not ask.</summary>
    public Caller? Caller => features.Get<Caller>();

    /// <summary>
    /// True when the client names a type of content among those that it accepts, and does not prefer the usual one. <c>*/*</c> names none.
    /// </summary>
    /// <param name="contentType">The type.</param>
    /// <param name="usual">The type of the answer for a client that names none.</param>
    public bool Accepts(string contentType, string usual)
    {
        StringValues accept = Request.Headers.Accept;
        return Preferences.Find(accept, contentType) is > 0 and int weight && weight >= (Preferences.Find(accept, usual) ?? 0);
    }

    /// <summary>True when a stream can take the connection over.</summary>
    public bool CanHandOver => Connection is not null;

    /// <summary>True when the answer is a stream: it has the connection, or it was an event stream to its end.</summary>
    public bool HasStream => Connection is { } connection
        ? connection.IsHandedOver
        : Response.HasStarted && (Response.Headers.ContentType == EventStream || Response.Headers.ContentType == LineStream);

    /// <summary>The address that the connection comes from, or that PROXY protocol states.</summary>
    public IPAddress? RemoteAddress => features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;

    /// <summary>The right to open a watch, or null without a limit.</summary>
    public WatchSlot? WatchSlot => features.Get<WatchSlot>();

    public void SetWatchSlot(WatchSlot slot) => features.Set(slot);

    public void SetCaller(Caller caller) => features.Set(caller);

    public void Abort() => features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    /// <summary>Asks the client to use a new connection, which will go to another server.</summary>
    public void CloseIf(bool stopping)
    {
        // HTTP/2 has no such header: Kestrel asks by GOAWAY when it stops.
        if (stopping && IsHttp1)
            Response.Headers.Connection = s_close;
    }

    /// <summary>Sets status, type and length. Caches must not store the answer, because it is right only at this moment.</summary>
    public void Begin(int status, StringValues contentType, long? length)
    {
        Response.StatusCode = status;
        IHeaderDictionary headers = Response.Headers;
        headers.ContentType = contentType;
        headers.CacheControl = s_noStore;
        headers.ContentLength = length;
    }

    /// <summary>Sets the entity tag, and the status 304 when the client has that state already.</summary>
    public bool IsNotModified(string tag)
    {
        Response.Headers.ETag = tag;
        if (!EntityTag.Matches(Request.Headers.IfNoneMatch, tag))
            return false;
        Response.StatusCode = 304;
        Response.Headers.CacheControl = s_noStore;
        return true;
    }

    public ValueTask WriteWholeAsync(int status, StringValues contentType, ReadOnlyMemory<byte> body)
    {
        Begin(status, contentType, body.Length);
        // Without the request's token: Kestrel ends the write when the connection is gone, without an exception.
        return IsHead || body.IsEmpty ? ValueTask.CompletedTask : Send(Body.WriteAsync(body, CancellationToken.None));
    }

    /// <summary>
    /// Starts an answer whose body is not written by Kestrel. Returns true when the body must be in chunks; with HTTP/1.0 it ends with the
    /// connection.
    /// </summary>
    public async Task<bool> StartStreamAsync()
    {
        bool isChunked = Request.Protocol != "HTTP/1.0";
        // With this header Kestrel writes no chunks itself, and nothing at the end of the answer.
        if (isChunked)
            Response.Headers.TransferEncoding = s_chunked;
        await features.Get<IHttpResponseBodyFeature>()!.StartAsync(CancellationToken.None).ConfigureAwait(false);
        return isChunked;
    }

    /// <summary>
    /// Gives the connection to a stream when Kestrel has completed the request. Kestrel reads no further request. The head is already
    /// written, so it cannot announce that with <c>Connection: close</c>.
    /// </summary>
    public void HandOver(IConnectionTakeOver stream)
    {
        Connection!.HandOver(stream);
        features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose();
    }

    /// <summary>Avoids a state machine in the usual case, in which the bytes are sent at once.</summary>
    private static ValueTask Send(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompletedSuccessfully)
            return Await(flush);
        _ = flush.Result;
        return ValueTask.CompletedTask;

        static async ValueTask Await(ValueTask<FlushResult> flush) => await flush.ConfigureAwait(false);
    }
}
