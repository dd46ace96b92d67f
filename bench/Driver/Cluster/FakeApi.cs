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
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Bench.Cluster;

/// <summary>
/// The part of a Kubernetes API server that discovery uses: list in pages and watch of EndpointSlices, in JSON and protobuf, over TLS and
/// HTTP/2 on loopback. It writes in the same pieces as kube-apiserver. All its answers are prepared before. A watch begins with the next
/// change, so changes are made only when the watches are open.
/// </summary>
internal sealed class FakeApi : IApiServer
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    // The buffer of a handler of Go's HTTP/2 server. It is sent when it is full; a write that is longer than the buffer is sent as it is.
    // So a message after its length, or an object after its comma, is cut there.
    private const int GoBufferLength = 4096;

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
        if (PrefersProtobuf(context))
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
            await WriteAsync(body, i > 0 ? ","u8.ToArray() : ReadOnlyMemory<byte>.Empty, page[i].Body);
        await body.WriteAsync("]}"u8.ToArray());
    }

    private static bool PrefersProtobuf(HttpContext context) =>
        context.Request.Headers.Accept.ToString().StartsWith(Protobuf, StringComparison.Ordinal);

    /// <summary>Sends a few bytes and then many, in the same pieces as Go.</summary>
    private static async ValueTask WriteAsync(PipeWriter body, ReadOnlyMemory<byte> few, ReadOnlyMemory<byte> many)
    {
        int first = few.IsEmpty ? many.Length : Math.Min(GoBufferLength - few.Length, many.Length);
        body.Write(few.Span);
        body.Write(many.Span[..first]);
        await body.FlushAsync();
        if (first < many.Length)
            await body.WriteAsync(many[first..]);
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
            await WriteAsync(body, before[i], page[i].Protobuf);
        await body.WriteAsync(new ProtobufWriter().Text(3, "").Text(4, "").ToArray());
    }

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
        _watches[watch] = service;
        try
        {
            await foreach (SliceEvent change in watch.Reader.ReadAllAsync(either.Token))
            {
                if (protobuf)
                    await WriteAsync(context.Response.BodyWriter, change.Length, change.Message);
                else
                    await context.Response.BodyWriter.WriteAsync(change.Line, either.Token);
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
}
