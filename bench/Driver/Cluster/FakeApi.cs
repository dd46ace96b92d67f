using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Bench.Cluster;

/// <summary>
/// A Kubernetes API server as far as discovery sees it: list in pages and watch of EndpointSlices, over HTTP on loopback. Everything it
/// sends is made beforehand. A watch begins with the next change, so changes are made once the watches are open.
/// </summary>
internal sealed class FakeApi : IAsyncDisposable
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    private readonly WebApplication _app;
    private readonly Fleet _fleet;
    private readonly ConcurrentDictionary<Channel<byte[]>, string?> _watches = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private long _requests;

    private FakeApi(WebApplication app, Fleet fleet)
    {
        _app = app;
        _fleet = fleet;
    }

    public Fleet Fleet => _fleet;

    /// <summary>A kubeconfig that points here.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>The number of requests received.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The number of open watches.</summary>
    public int Watches => _watches.Count;

    public static async Task<FakeApi> StartAsync(Fleet fleet)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static o =>
        {
            o.Listen(IPAddress.Loopback, 0);
            o.Limits.MinResponseDataRate = null;
            o.Limits.MaxResponseBufferSize = 4 * 1024 * 1024;
        });
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        FakeApi api = new(app, fleet);
        app.Run(api.ServeAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        api.Kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(api.Kubeconfig, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: fake, cluster: {server: "{{{address}}}"}}]
            users: [{name: bench, user: {token: bench}}]
            contexts: [{name: fake, context: {cluster: fake, user: bench}}]
            current-context: fake
            """);
        return api;
    }

    /// <summary>Changes a slice and sends the event to its watchers.</summary>
    public void Change(int slice)
    {
        lock (_lock)
        {
            byte[] line = _fleet.Change(slice);
            string service = _fleet.Slices[slice].Service;
            foreach ((Channel<byte[]> watch, string? only) in _watches)
            {
                if (only is null || only == service)
                    watch.Writer.TryWrite(line);
            }
        }
    }

    /// <summary>Waits until the process is told to end: SIGTERM, SIGINT.</summary>
    public Task WaitForSignalAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        File.Delete(Kubeconfig);
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
        return context.Request.Query["watch"].ToString() is "1" or "true" ? WatchAsync(context, service) : ListAsync(context, service);
    }

    private async Task ListAsync(HttpContext context, string? service)
    {
        int limit = int.TryParse(context.Request.Query["limit"], CultureInfo.InvariantCulture, out int asked) && asked > 0
            ? asked
            : int.MaxValue;
        int at = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out int from) ? from : 0;
        List<SliceTemplate> page = [];
        for (; at < _fleet.Slices.Count && page.Count < limit; at++)
        {
            if (service is null || _fleet.Slices[at].Service == service)
                page.Add(_fleet.Slices[at]);
        }

        while (service is not null && at < _fleet.Slices.Count && _fleet.Slices[at].Service != service)
            at++;
        if (context.Request.Headers.Accept.ToString().Contains(Protobuf, StringComparison.Ordinal))
        {
            context.Response.ContentType = Protobuf;
            await WriteProtobufAsync(
                context.Response.BodyWriter, page, at < _fleet.Slices.Count ? at.ToString(CultureInfo.InvariantCulture) : "");
            return;
        }

        string next = at < _fleet.Slices.Count ? $",\"continue\":\"{at.ToString(CultureInfo.InvariantCulture)}\"" : "";
        PipeWriter body = context.Response.BodyWriter;
        await body.WriteAsync(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":""" +
            $$""" "{{_fleet.Version}}"{{next}}},"items":[""")));
        for (int i = 0; i < page.Count; i++)
        {
            if (i > 0)
                body.Write(","u8);
            await WriteAsync(body, page[i].Body);
        }

        await body.WriteAsync("]}"u8.ToArray());
    }

    /// <summary>Pieces of some size: not a packet and a wake-up on both sides for each slice.</summary>
    private static async ValueTask WriteAsync(PipeWriter body, ReadOnlyMemory<byte> bytes)
    {
        body.Write(bytes.Span);
        if (body.UnflushedBytes >= 64 * 1024)
            await body.FlushAsync();
    }

    private async Task WriteProtobufAsync(PipeWriter body, List<SliceTemplate> page, string next)
    {
        byte[] head = new ProtobufWriter()
            .Message(1, meta => meta.Text(1, "").Text(2, _fleet.Version.ToString(CultureInfo.InvariantCulture)).Text(3, next)).ToArray();
        byte[][] before = [.. page.Select(static slice => new ProtobufWriter().Begin(2, slice.Protobuf.Length).ToArray())];
        long length = head.Length + page.Select((slice, i) => (long)before[i].Length + slice.Protobuf.Length).Sum();
        await body.WriteAsync(new ProtobufWriter().Raw("k8s\0"u8)
            .Message(1, static type => type.Text(1, "discovery.k8s.io/v1").Text(2, "EndpointSliceList"))
                .Begin(2, length).Raw(head).ToArray());
        for (int i = 0; i < page.Count; i++)
        {
            body.Write(before[i]);
            await WriteAsync(body, page[i].Protobuf);
        }

        await body.WriteAsync(new ProtobufWriter().Text(3, "").Text(4, "").ToArray());
    }

    private async Task WatchAsync(HttpContext context, string? service)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        Channel<byte[]> watch = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
        await context.Response.StartAsync();
        _watches[watch] = service;
        try
        {
            await foreach (byte[] line in watch.Reader.ReadAllAsync(either.Token))
                await context.Response.BodyWriter.WriteAsync(line, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The client, or this server, is gone.
        }
        finally
        {
            _watches.TryRemove(watch, out _);
        }
    }
}
