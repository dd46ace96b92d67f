using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Bench.Cluster;

/// <summary>
/// The part of a Kubernetes API server that discovery uses: lists of EndpointSlices in pages, watches and streaming lists (KEP-3157), in
/// JSON and protobuf, over TLS and HTTP/2 on loopback. It writes in the same pieces as kube-apiserver (<see cref="GoBuffer"/>, <see
/// cref="RecordWriter"/>). The window updates of HTTP/2 for what the client sends come from Kestrel; those for what this server sends come
/// from the measured client, so this server waits when the client's windows are full. All its answers are prepared before. A watch begins
/// with the next change, so changes are made only when the watches are open.
/// </summary>
internal sealed class FakeApi : IApiServer
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    // The time of kube-apiserver, without its jitter.
    private static readonly TimeSpan s_betweenBookmarks = TimeSpan.FromMinutes(1);

    private readonly WebApplication _app;
    private readonly Fleet _fleet;
    private readonly FakeAuthority _authority;
    private readonly ConcurrentDictionary<Channel<SliceEvent>, string?> _watches = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private long _requests;

    private FakeApi(WebApplication app, Fleet fleet, FakeAuthority authority)
    {
        _app = app;
        _authority = authority;
        _fleet = fleet;
    }

    public Fleet Fleet => _fleet;

    /// <summary>A kubeconfig for this server.</summary>
    public string Kubeconfig { get; private set; } = "";

    // It needs almost no processor time for a change.
    public double MostChangesPerSecond => double.PositiveInfinity;

    public TimeSpan? ServerCpu => null;

    /// <param name="fleet">The data that it serves.</param>
    /// <param name="protocols">HTTP/2 if the client wants it, as in a real server; or only HTTP/1.1, to measure the cost of HTTP/2.</param>
    public static async Task<FakeApi> StartAsync(Fleet fleet, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        FakeAuthority authority = new();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o =>
        {
            o.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                listen.UseHttps(authority.Server);
                listen.Use(RecordWriter.Wrap);
            });
            o.Limits.MinResponseDataRate = null;
        });
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        FakeApi api = new(app, fleet, authority);
        app.Run(api.ServeAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        api.Kubeconfig = Path.GetTempFileName();
        await KubeconfigFile.WriteAsync(api.Kubeconfig, address, authority.KubeconfigData, "bench");
        return api;
    }

    /// <summary>Changes a slice and sends the event to its watchers.</summary>
    public void Change(int slice)
    {
        lock (_lock)
        {
            SliceEvent change = _fleet.Change(slice);
            string service = _fleet.Slices[slice].Service;
            foreach ((Channel<SliceEvent> watch, string? only) in _watches)
            {
                if (only is null || only == service)
                    watch.Writer.TryWrite(change);
            }
        }
    }

    public ValueTask ChangeAsync(int slice)
    {
        Change(slice);
        return ValueTask.CompletedTask;
    }

    public string FirstAddress(int slice) => _fleet.Slices[slice].FirstAddress;

    public async Task WaitForWatchesAsync(int watches)
    {
        for (int i = 0; _watches.Count < watches; i++)
        {
            if (i > 30_000)
                throw new TimeoutException($"{_watches.Count} of {watches} watches are open after 30 s.");
            await Task.Delay(1);
        }
    }

    public ValueTask<long> CountRequestsAsync() => ValueTask.FromResult(Interlocked.Read(ref _requests));

    public ValueTask<int> CountWatchesAsync() => ValueTask.FromResult(_watches.Count);

    /// <summary>Waits until the process gets SIGTERM or SIGINT.</summary>
    public Task WaitForSignalAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        File.Delete(Kubeconfig);
        _authority.Dispose();
        _stopping.Dispose();
    }

    private Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (context.Request.Path != $"/apis/discovery.k8s.io/v1/namespaces/{Fleet.Namespace}/endpointslices")
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json";
        string selector = context.Request.Query["labelSelector"].ToString();
        string? service = selector.Length == 0 ? null : selector[(selector.IndexOf('=', StringComparison.Ordinal) + 1)..];
        if (IsAsked(context, "watch"))
            return WatchAsync(context, service);
        bool protobuf = PrefersProtobuf(context);
        if (protobuf)
            context.Response.ContentType = Protobuf;
        return FakeLists.WriteAsync(context, _fleet, service, protobuf);
    }

    private static bool IsAsked(HttpContext context, string name) => context.Request.Query[name].ToString() is "1" or "true";

    private static bool PrefersProtobuf(HttpContext context) =>
        context.Request.Headers.Accept.ToString().StartsWith(Protobuf, StringComparison.Ordinal);

    private async Task WatchAsync(HttpContext context, string? service)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        Channel<SliceEvent> watch = Channel.CreateUnbounded<SliceEvent>(new UnboundedChannelOptions { SingleReader = true });
        bool protobuf = PrefersProtobuf(context);
        if (protobuf)
            context.Response.ContentType = $"{Protobuf};stream=watch";
        await context.Response.StartAsync(either.Token);
        // StartAsync alone leaves the headers in the buffer until the first event.
        await context.Response.Body.FlushAsync(either.Token);
        long listed;
        lock (_lock)
        {
            listed = _fleet.Version;
            _watches[watch] = service;
        }

        await using ITimer? bookmarks = IsAsked(context, "allowWatchBookmarks")
            ? TimeProvider.System.CreateTimer(SendBookmark, watch, s_betweenBookmarks, s_betweenBookmarks)
            : null;
        GoBuffer body = new(context.Response.BodyWriter);
        try
        {
            if (IsAsked(context, "sendInitialEvents"))
                await WriteInitialAsync(body, service, listed, protobuf, either.Token);
            await foreach (SliceEvent change in watch.Reader.ReadAllAsync(either.Token))
            {
                await WriteAsync(body, change, protobuf, either.Token);
                // As kube-apiserver, which sends the rest when no other event waits.
                if (!watch.Reader.TryPeek(out _))
                    await body.FlushAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has left, or this server ends.
        }
        finally
        {
            _watches.TryRemove(watch, out _);
        }
    }

    /// <summary>A streaming list (KEP-3157): every slice, then the bookmark that says so.</summary>
    private async Task WriteInitialAsync(
        GoBuffer body, string? service, long version, bool protobuf, CancellationToken cancellationToken)
    {
        foreach (SliceTemplate slice in _fleet.Slices)
        {
            if (service is not null && slice.Service != service)
                continue;
            await (protobuf
                ? WriteMessageAsync(body, slice.AddedMessage(), cancellationToken)
                : body.WriteAsync(slice.AddedLine(), cancellationToken));
        }

        await WriteAsync(body, SliceEvent.Bookmark(version, initialEventsEnd: true), protobuf, cancellationToken);
        await body.FlushAsync(cancellationToken);
    }

    private static ValueTask WriteAsync(GoBuffer body, SliceEvent change, bool protobuf, CancellationToken cancellationToken) =>
        protobuf ? WriteMessageAsync(body, change.Protobuf, cancellationToken) : body.WriteAsync(change.Line, cancellationToken);

    /// <summary>Writes the length of a message and the message separately, as the framer of kube-apiserver does.</summary>
    private static async ValueTask WriteMessageAsync(GoBuffer body, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await body.WriteAsync(message[..sizeof(int)], cancellationToken);
        await body.WriteAsync(message[sizeof(int)..], cancellationToken);
    }

    private void SendBookmark(object? state)
    {
        // In the order of the changes.
        lock (_lock)
            ((Channel<SliceEvent>)state!).Writer.TryWrite(SliceEvent.Bookmark(_fleet.Version, initialEventsEnd: false));
    }
}
