using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.TestKit;

/// <summary>
/// A real HTTP server on loopback that answers exactly as a test scripts it. Requests with a queued answer get it, in order. All others
/// wait until the test takes them with <see cref="NextAsync"/> and answers them.
/// </summary>
public sealed class ScriptedApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ScriptedExchange> _requests = new();
    private readonly ConcurrentQueue<Func<ScriptedExchange, Task>> _lists = new();
    private readonly ConcurrentQueue<Func<ScriptedExchange, Task>> _watches = new();
    private readonly ConcurrentQueue<Func<ScriptedExchange, Task>> _nodes = new();
    private readonly Channel<ScriptedExchange> _waiting = Channel.CreateUnbounded<ScriptedExchange>();
    private readonly Channel<ScriptedExchange> _waitingNodes = Channel.CreateUnbounded<ScriptedExchange>();

    private readonly StatedTokens _stated = new();

    private ScriptedApi(WebApplication app, bool knowsProtobuf) => (_app, KnowsProtobuf) = (app, knowsProtobuf);

    /// <summary>The URL that it listens on.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>True to answer in protobuf if the client prefers it.</summary>
    public bool KnowsProtobuf { get; }

    /// <summary>All requests so far, in order.</summary>
    public IReadOnlyCollection<ScriptedExchange> Requests => _requests;

    /// <summary>Everything it has ever sent, as far as addresses and names go.</summary>
    public StatedTokens Stated => _stated;

    /// <summary>Starts a server on a free port.</summary>
    /// <param name="wire">Its protocols, or null for plain HTTP/1.1.</param>
    public static async Task<ScriptedApi> StartAsync(ScriptedWire? wire = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        IWebHostBuilder host = builder.WebHost.UseKestrelCore();
        if (wire?.Certificate is not null)
            host = host.UseKestrelHttpsConfiguration();
        host.ConfigureKestrel(o =>
        {
            o.Listen(IPAddress.Loopback, 0, listen => wire?.Apply(listen));
            o.Limits.MinResponseDataRate = null;
        });
        builder.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        ScriptedApi api = new(app, wire?.KnowsProtobuf ?? false);
        app.Run(api.ServeAsync);
        await app.StartAsync();
        api.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return api;
    }

    /// <summary>Queues the answer to a list of slices.</summary>
    public void OnList(Func<ScriptedExchange, Task> answer) => _lists.Enqueue(answer);

    /// <summary>Queues the answer to a list of slices.</summary>
    public void OnList(int status, string body) => OnList(x => x.AnswerAsync(status, body));

    /// <summary>Queues the answer to a watch of slices.</summary>
    public void OnWatch(Func<ScriptedExchange, Task> answer) => _watches.Enqueue(answer);

    /// <summary>Queues the answer to a request for nodes, list or watch.</summary>
    public void OnNodes(Func<ScriptedExchange, Task> answer) => _nodes.Enqueue(answer);

    /// <summary>Waits for the next request that has no queued answer.</summary>
    public async Task<ScriptedExchange> NextAsync(CancellationToken cancellationToken) =>
        await _waiting.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Wait.Limit, cancellationToken);

    /// <summary>Waits for the next request for nodes that has no queued answer.</summary>
    public async Task<ScriptedExchange> NextNodesAsync(CancellationToken cancellationToken) =>
        await _waitingNodes.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Wait.Limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        ScriptedExchange exchange = new(context, _stated.Open(), KnowsProtobuf);
        _requests.Enqueue(exchange);
        bool nodes = exchange.Path.EndsWith("/nodes", StringComparison.Ordinal);
        ConcurrentQueue<Func<ScriptedExchange, Task>> script = nodes ? _nodes : exchange.IsWatch ? _watches : _lists;
        if (script.TryDequeue(out Func<ScriptedExchange, Task>? answer))
            await answer(exchange);
        else
            await (nodes ? _waitingNodes : _waiting).Writer.WriteAsync(exchange);
        await Task.WhenAny(exchange.Ended, exchange.ClientGone, Task.Delay(Timeout.Infinite, _stopping.Token));
        await exchange.CloseAsync();
        if (!exchange.Ended.IsCompleted)
            context.Abort();
    }
}
