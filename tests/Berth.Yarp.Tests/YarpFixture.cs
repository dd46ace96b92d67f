using System.Net;
using System.Net.WebSockets;
using System.Text;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Berth.Yarp;

/// <summary>A directory over pods that a test pushes, real pods, and a real proxy before them.</summary>
public sealed class YarpFixture : IAsyncDisposable
{
    private readonly List<PodServer> _servers = [];
    private WebApplication? _proxy;

    public YarpFixture(EndpointDirectoryOptions? options = null) => Directory = new EndpointDirectory(Source, options);

    public PushableSource Source { get; } = new();

    public EndpointDirectory Directory { get; }

    public RecordingLogger Log { get; } = new();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseCookies = false });

    public InMemoryConfigProvider Config => _proxy!.Services.GetRequiredService<InMemoryConfigProvider>();

    public IServiceProvider Services => _proxy!.Services;

    public EndpointView View => Directory.Follow(TestPods.Target, TestPods.Ports);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The routes of the tests: all of a cluster, and one pod by its path.</summary>
    public static RouteConfig[] Routes(string cluster = "b") =>
    [
        new()
        {
            RouteId = cluster + "-pod",
            ClusterId = cluster,
            Match = new RouteMatch { Path = $"/{cluster}/pods/{{pod}}/{{**rest}}" },
            Transforms = [new Dictionary<string, string> { ["PathPattern"] = "/{**rest}" }],
        },
        new()
        {
            RouteId = cluster + "-any",
            ClusterId = cluster,
            Match = new RouteMatch { Path = $"/{cluster}/{{**rest}}" },
            Transforms = [new Dictionary<string, string> { ["PathPattern"] = "/{**rest}" }],
        },
    ];

    /// <summary>A cluster whose destinations are the pods of the target of all tests.</summary>
    public static ClusterConfig Cluster(
        string id = "b",
        SessionAffinityConfig? affinity = null,
        string target = "k8s-example2/service-b",
        string basePort = "3000") => new()
        {
            ClusterId = id,
            LoadBalancingPolicy = "RoundRobin",
            SessionAffinity = affinity,
            Destinations = new Dictionary<string, DestinationConfig>
            {
                [id] = new()
                {
                    Address = "http://service-b/",
                    Metadata = new Dictionary<string, string>
                    {
                        [BerthDestination.Target] = target,
                        [BerthDestination.BasePort] = basePort,
                    },
                },
            },
        };

    public static SessionAffinityConfig Affinity() => new() { Enabled = true, Policy = BerthPodAffinity.Name };

    public async Task<PodServer> StartAsync(string name)
    {
        PodServer server = await PodServer.StartAsync(name);
        _servers.Add(server);
        return server;
    }

    /// <summary>Starts servers for the ordinals 0 and up, and publishes their pods.</summary>
    public async Task<PodServer[]> StartSetAsync(int count)
    {
        PodServer[] servers = await Task.WhenAll(Enumerable.Range(0, count).Select(ordinal => StartAsync($"service-b-{ordinal}")));
        await PublishAsync([.. servers.Select(static (server, ordinal) => server.Pod(ordinal))]);
        return servers;
    }

    public Task<EndpointSnapshot> PublishAsync(params PodEndpoint[] pods) =>
        Source.PublishAsync(View, pods, cancellationToken: Cancelled);

    /// <summary>Starts the proxy.</summary>
    public async Task StartProxyAsync(
        ClusterConfig[] clusters, BerthYarpOptions? options = null, Action<IReverseProxyBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerFactory>(Log);
        builder.Services.AddSingleton(Directory);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        IReverseProxyBuilder proxy = builder.Services.AddReverseProxy()
            .LoadFromMemory([.. clusters.SelectMany(static cluster => Routes(cluster.ClusterId))], clusters);
        configure?.Invoke(proxy);
        proxy.AddBerthDestinations(options);
        _proxy = builder.Build();
        _proxy.MapReverseProxy();
        await _proxy.StartAsync(Cancelled);
        Client.BaseAddress = new Uri(_proxy.Urls.First());
    }

    /// <summary>Returns the status and the text of an answer.</summary>
    public async Task<string> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await SendAsync(path, headers);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Cancelled)}";
    }

    public async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, Cancelled);
    }

    /// <summary>Returns the name of the pod that answers.</summary>
    public async Task<string> AskAsync(string path, params (string Name, string Value)[] headers) =>
        (await GetAsync(path, headers)).Split(' ')[1];

    /// <summary>Asks until the answer begins as wanted.</summary>
    public Task<string> UntilAsync(string path, string wanted, params (string Name, string Value)[] headers) => Wait.UntilAsync(
        () => GetAsync(path, headers),
        answer => answer.StartsWith(wanted, StringComparison.Ordinal),
        Wait.Limit,
        wanted,
        Cancelled);

    /// <summary>Counts the answers of a number of requests by pod.</summary>
    public async Task<SortedDictionary<string, int>> CountAsync(string path, int requests)
    {
        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int i = 0; i < requests; i++)
        {
            string name = await AskAsync(path);
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }

    /// <summary>Opens a WebSocket through the proxy, and reads the name of the pod.</summary>
    public async Task<(ClientWebSocket Socket, string Name)> ConnectAsync(string path)
    {
        ClientWebSocket socket = new();
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(Client.BaseAddress!, path)) { Scheme = "ws" }.Uri, Cancelled);
            return (socket, await ReceiveAsync(socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancelled);
        return await ReceiveAsync(socket);
    }

    public static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[256];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, Cancelled).WaitAsync(Wait.Limit, Cancelled);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, result.Count));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        await Directory.DisposeAsync();
        foreach (PodServer server in _servers)
            await server.DisposeAsync();
    }
}
