using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.TestKit;

/// <summary>
/// One request that a <see cref="ScriptedApi"/> received, and the test's answer to it. It stays open until the test ends or cuts it, or the
/// server stops.
/// </summary>
public sealed class ScriptedExchange
{
    private readonly HttpContext _context;
    private readonly StatedTokens.Reader _stated;
    private readonly Dictionary<string, string> _query;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The answers that are being written, and what their end is told to. The request lives at least as long.
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writing;
    private bool _isClosing;

    private bool _isWatchInProtobuf;

    internal ScriptedExchange(HttpContext context, StatedTokens.Reader stated, bool knowsProtobuf)
    {
        _context = context;
        _stated = stated;
        Protocol = context.Request.Protocol;
        ConnectionId = context.Connection.Id;
        // Copied: the test may look at them when the request is long over.
        Path = context.Request.Path.Value ?? "";
        QueryString = context.Request.QueryString.Value ?? "";
        _query = new Dictionary<string, string>(context.Request.Query.Select(static q => KeyValuePair.Create(q.Key, q.Value.ToString())));
        Headers = new Dictionary<string, string>(
            context.Request.Headers.Select(static h => KeyValuePair.Create(h.Key, h.Value.ToString())), StringComparer.OrdinalIgnoreCase);
        context.RequestAborted.Register(() => _gone.TrySetResult());
        AnswersProtobuf = knowsProtobuf && Path.EndsWith("/endpointslices", StringComparison.Ordinal)
            && Headers.GetValueOrDefault("Accept", "").StartsWith(ProtobufWire.ContentType, StringComparison.Ordinal);
    }

    /// <summary>The path, without the query.</summary>
    public string Path { get; }

    /// <summary>The query as sent, with its question mark.</summary>
    public string QueryString { get; }

    /// <summary>The protocol, such as <c>HTTP/2</c>.</summary>
    public string Protocol { get; }

    /// <summary>Tells connections apart.</summary>
    public string ConnectionId { get; }

    /// <summary>True for a watch.</summary>
    public bool IsWatch => Query("watch") is "1" or "true";

    /// <summary>
    /// True when the client prefers protobuf and the server knows it: lists, refusals and whole lines of a watch are then sent in protobuf,
    /// and everything else unchanged.
    /// </summary>
    public bool AnswersProtobuf { get; }

    /// <summary>The headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Completes when the client has given up the request.</summary>
    public Task ClientGone => _gone.Task;

    internal Task Ended => _ended.Task;

    /// <summary>One query parameter, or null.</summary>
    public string? Query(string name) => _query.GetValueOrDefault(name);

    /// <summary>
    /// Waits until nothing is written any more. A client may go away in the middle of an answer, as soon as it has seen enough; the request
    /// must not end while this side still writes to it.
    /// </summary>
    internal Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosing = true;
            return _writing == 0 ? Task.CompletedTask : _quiet.Task;
        }
    }

    /// <summary>Sends the head of the answer.</summary>
    public Task StartAsync(int status = 200, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        WriteAsync(() => WriteHeadAsync(status, contentType, headers));

    /// <summary>Sends bytes of the body, at once.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> bytes) => WriteAsync(() => WriteBodyAsync(bytes));

    private async Task WriteAsync(Func<Task> write)
    {
        lock (_gate)
            _writing++;
        try
        {
            await write();
        }
        finally
        {
            lock (_gate)
            {
                if (--_writing == 0 && _isClosing)
                    _quiet.TrySetResult();
            }
        }
    }

    private async Task WriteHeadAsync(int status, string contentType, (string Name, string Value)[] headers)
    {
        if (AnswersProtobuf && IsWatch && status == 200 && contentType == "application/json")
        {
            contentType = ProtobufWire.WatchContentType;
            _isWatchInProtobuf = true;
        }

        _context.Response.StatusCode = status;
        _context.Response.ContentType = contentType;
        foreach ((string name, string value) in headers)
            _context.Response.Headers[name] = value;
        await _context.Response.StartAsync();
        await _context.Response.Body.FlushAsync();
    }

    private async Task WriteBodyAsync(ReadOnlyMemory<byte> bytes)
    {
        _stated.Read(bytes.Span);
        if (_isWatchInProtobuf)
            bytes = ProtobufWire.Events(bytes.Span) ?? bytes;
        await _context.Response.Body.WriteAsync(bytes);
        await _context.Response.Body.FlushAsync();
    }

    /// <summary>Sends text of the body, at once.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>One watch event as it is sent here: a line, or in protobuf.</summary>
    public byte[] Event(string type, string json)
    {
        byte[] line = Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":{{json}}}""" + "\n");
        _stated.Read(line);
        return _isWatchInProtobuf ? ProtobufWire.Events(line)! : line;
    }

    /// <summary>Sends one watch event and its line end.</summary>
    public Task SendEventAsync(string type, string json) => SendAsync($$"""{"type":"{{type}}","object":{{json}}}""" + "\n");

    /// <summary>Ends the answer cleanly.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Asks the client to send further requests elsewhere (HTTP/2 GOAWAY). Open streams continue.</summary>
    public void GoAway() => _context.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose();

    /// <summary>Cuts the connection in the middle of the answer.</summary>
    public void Cut()
    {
        _context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        _context.Abort();
        _ended.TrySetResult();
    }

    /// <summary>Gives a whole answer and ends it.</summary>
    public async Task AnswerAsync(
        int status, string body, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        await WriteAsync(() => WriteAnswerAsync(status, body, contentType, headers));
        End();
    }

    private async Task WriteAnswerAsync(int status, string body, string contentType, (string Name, string Value)[] headers)
    {
        byte[]? protobuf = AnswersProtobuf && contentType == "application/json" ? ProtobufWire.Object(body) : null;
        await WriteHeadAsync(status, protobuf is null ? contentType : ProtobufWire.ContentType, headers);
        if (protobuf is not null)
            _stated.Read(Encoding.UTF8.GetBytes(body));
        // A client that does not need the body may disconnect after the headers.
        if (body.Length > 0)
            await WriteBodyAsync(protobuf ?? Encoding.UTF8.GetBytes(body));
    }
}
