using System.Buffers;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Runtime;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Microsoft.AspNetCore.Http;

namespace Berth.LocalCluster.Api;

/// <summary>Handles one request: the user, the target, the right, and the answer.</summary>
internal sealed class RequestHandler(
    Identities identities,
    Authorizer authorizer,
    ListHandler lists,
    WatchHandler watches,
    WriteHandler writes,
    PodLogs logs,
    ExecHandler exec,
    PortForwardHandler portForward,
    ObjectStore store,
    ObjectRules rules,
    TableWriter tables,
    FaultHandler faults,
    Refusal refusal,
    AccessReview reviews,
    ServiceAccountTokens accountTokens,
    ILogger logger)
{
    /// <summary>The bytes of a list that are given to the transport together.</summary>
    private const int FlushSize = 32 * 1024;

    private const string OpenApiV2Type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        http.Response.Headers.CacheControl = "no-cache, private";
        try
        {
            await AnswerAsync(http, stopping).ConfigureAwait(false);
        }
        catch (LocalClusterException exception) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, 400, ApiException.BadRequest(exception.Message).ToStatus().ToUtf8()).ConfigureAwait(false);
        }
        catch (ApiException exception) when (!http.Response.HasStarted)
        {
            if (exception.RetryAfterSeconds is { } seconds)
                http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await WriteAsync(http, exception.Code, exception.ToStatus().ToUtf8()).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            Log.RequestFailed(logger, exception, http.Request.Method, http.Request.Path);
            ApiException failure = new(500, "InternalError", $"Internal error occurred: {exception.Message}");
            await WriteAsync(http, 500, failure.ToStatus().ToUtf8()).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext http, CancellationToken stopping)
    {
        HttpRequest request = http.Request;
        string path = request.Path.Value!.TrimEnd('/');
        // The command that ends a fault is still accepted.
        if (!path.StartsWith(FaultHandler.Path, StringComparison.Ordinal))
            refusal.Check();
        string? Query(string name) => request.Query[name].FirstOrDefault();
        string user = identities.Authenticate(request.Headers.Authorization) ?? throw ApiException.Unauthorized();
        if (user == Identities.Administrator && request.Headers["Impersonate-User"].FirstOrDefault() is { Length: > 0 } other)
            user = other;
        string accept = request.Headers.Accept.ToString();
        if (path is "/healthz" or "/livez" or "/readyz")
        {
            await WriteAsync(http, 200, "ok"u8.ToArray(), "text/plain; charset=utf-8").ConfigureAwait(false);
        }
        else if (path.StartsWith(FaultHandler.Path, StringComparison.Ordinal)
            && request.Method == "POST"
            && user == Identities.Administrator)
        {
            (JsonObject answer, Action? afterwards) = faults.Run(path[FaultHandler.Path.Length..], Query);
            if (afterwards is not null)
                http.Response.OnCompleted(() => Task.Run(afterwards));
            await WriteAsync(http, 200, answer.ToUtf8()).ConfigureAwait(false);
        }
        else if (request.Method == "POST" && AccessReview.KindOf(path) is { } question)
        {
            authorizer.RequireUser(user, path);
            byte[] content = await ReadAsync(request, http.RequestAborted).ConfigureAwait(false);
            JsonObject review = WriteHandler.Object(content, ContentTypeOf(request));
            await WriteAsync(http, 201, reviews.Answer(question, user, review).ToUtf8()).ConfigureAwait(false);
        }
        else if (path == "/openapi/v2")
        {
            authorizer.RequireUser(user, path);
            await WriteAsync(http, 200, DiscoveryDocuments.OpenApiV2.ToArray(), OpenApiV2Type).ConfigureAwait(false);
        }
        else if (DiscoveryDocuments.Find(store.Kinds, rules.SchemaOf, path, accept, request.Headers.UserAgent.ToString())
            is var (document, type))
        {
            authorizer.RequireUser(user, path);
            await WriteAsync(http, 200, document.ToUtf8(), type).ConfigureAwait(false);
        }
        else if (RequestTarget.Parse(request.Path.Value!, store.Kinds) is { } target)
        {
            // As on a real server, one object is not watched but read.
            bool watch = target.Name is null && ListOptions.IsSet(Query("watch"));
            authorizer.Require(user, target, Verb(request.Method, target, watch));
            await ServeAsync(http, target, Query, watch, accept, stopping).ConfigureAwait(false);
        }
        else if (path.StartsWith("/api", StringComparison.Ordinal))
        {
            throw ApiException.NoSuchResource();
        }
        else
        {
            await WriteAsync(http, 404, "404 page not found\n"u8.ToArray(), "text/plain; charset=utf-8").ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(
        HttpContext http, RequestTarget target, Func<string, string?> query, bool watch, string accept, CancellationToken stopping)
    {
        if (target.Kind == KindTable.Pod && ExecHandler.Answers(target))
        {
            await exec.HandleAsync(target, http, stopping).ConfigureAwait(false);
            return;
        }

        if (target.Kind == KindTable.Pod && PortForwardHandler.Answers(target))
        {
            await portForward.HandleAsync(target, http, stopping).ConfigureAwait(false);
            return;
        }

        AnswerForm form = AnswerForm.Of(accept, query("includeObject"));
        if (http.Request.Method != "GET")
        {
            byte[] content = await ReadAsync(http.Request, http.RequestAborted).ConfigureAwait(false);
            if (ServiceAccountTokens.Answers(http.Request.Method, target))
            {
                JsonObject asked = WriteHandler.Object(content, ContentTypeOf(http.Request));
                await WriteAsync(http, 201, accountTokens.Answer(target, asked).ToUtf8()).ConfigureAwait(false);
                return;
            }

            void Warn(string warning) =>
                http.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            (JsonObject body, int status) = writes.Handle(
                http.Request.Method, target, query, ContentTypeOf(http.Request), content, http.Request.Headers.UserAgent.ToString(), Warn);
            bool asMetadata = form.Shape == AnswerShape.Metadata && body.Text("kind") == target.Kind.Kind;
            await WriteAsync(http, status, asMetadata ? form.MetadataOf(body) : body.ToUtf8()).ConfigureAwait(false);
        }
        else if (watch)
        {
            await watches.WatchAsync(target, query, form, http, stopping).ConfigureAwait(false);
        }
        else if (target is { Name: { } name, Subresource: "log" } && target.Kind == KindTable.Pod)
        {
            ContainerLog log = logs.Find(store.Get(target.Kind, target.Namespace, name), query);
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
            http.Response.ContentType = "text/plain";
            await logs.WriteAsync(log, query, http.Response.Body, ending.Token).ConfigureAwait(false);
        }
        else
        {
            form.Require(target);
            if (target.Name is null)
                await WriteAsync(http, lists.List(target, query, form)).ConfigureAwait(false);
            else
                await WriteAsync(http, 200, GetOne(target, form)).ConfigureAwait(false);
        }
    }

    private ReadOnlyMemory<byte> GetOne(RequestTarget target, AnswerForm form)
    {
        StoredObject item = store.Get(target.Kind, target.Namespace, target.Name!);
        return target.Subresource switch
        {
            "scale" when target.Kind.HasScale && form.Shape == AnswerShape.Metadata =>
                form.MetadataOf(ScaleObject.Of(item.Body)),
            "scale" when target.Kind.HasScale => ScaleObject.Of(item.Body).ToUtf8(),
            "eviction" when target.Kind == KindTable.Pod => throw ApiException.MethodNotAllowed(),
            null or "status" => form.Shape switch
            {
                AnswerShape.Table => tables.WriteOne(item, form),
                AnswerShape.Metadata => form.MetadataOf(item.Body),
                _ => item.Utf8,
            },
            _ => throw ApiException.NoSuchResource(),
        };
    }

    private static string Verb(string method, RequestTarget target, bool watch) => method switch
    {
        _ when target.Kind == KindTable.Pod && (ExecHandler.Answers(target) || PortForwardHandler.Answers(target)) => "create",
        "GET" => watch ? "watch" : target.Name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        _ => target.Name is null ? "deletecollection" : "delete",
    };

    private static string ContentTypeOf(HttpRequest request) => request.ContentType?.Split(';')[0].Trim() ?? "application/json";

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream buffer = new();
        await request.Body.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        return buffer.ToArray();
    }

    private static async Task WriteAsync(HttpContext http, int status, ReadOnlyMemory<byte> body, string contentType = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Writes the parts of a list. A large list is never in memory as a whole.</summary>
    private static async Task WriteAsync(HttpContext http, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = parts.Sum(static part => (long)part.Length);
        int waiting = 0;
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            http.Response.BodyWriter.Write(part.Span);
            waiting += part.Length;
            if (waiting < FlushSize)
                continue;
            waiting = 0;
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }
}
