using Berth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Samples;

/// <summary>A test cluster with two pods of service-b, and a server of the test at the port of each.</summary>
internal sealed class Pods : IAsyncDisposable
{
    private readonly WebApplication?[] _servers = new WebApplication?[2];
    private readonly Action<WebApplication, string> _map;
    private readonly HttpProtocols _protocols;

    private Pods(TestCluster cluster, TestStatefulSet set, Action<WebApplication, string> map, HttpProtocols protocols)
    {
        Cluster = cluster;
        Set = set;
        _map = map;
        _protocols = protocols;
    }

    public TestCluster Cluster { get; }

    public TestStatefulSet Set { get; }

    /// <summary>Starts the cluster and the servers.</summary>
    /// <param name="map">Called for each pod with its server and its name.</param>
    /// <param name="protocols">What the servers speak.</param>
    public static async Task<Pods> StartAsync(Action<WebApplication, string> map, HttpProtocols protocols = HttpProtocols.Http1)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        TestCluster cluster = await TestCluster.StartAsync(cancellationToken: token);
        TestStatefulSet set = await cluster.AddStatefulSetAsync("k8s-example2", "service-b", replicas: 2, cancellationToken: token);
        Pods pods = new(cluster, set, map, protocols);
        for (int i = 0; i < pods._servers.Length; i++)
            await pods.ServeAsync(i);
        return pods;
    }

    /// <summary>Ends the server of a pod as a killed process ends. The cluster does not know of it yet.</summary>
    public async Task KillAsync(int ordinal)
    {
        WebApplication server = _servers[ordinal]!;
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
        _servers[ordinal] = null;
    }

    /// <summary>Puts another pod in the place of one that was killed, with a server.</summary>
    public async Task ReplaceAsync(int ordinal)
    {
        await Set.ReplaceAsync(ordinal, TestContext.Current.CancellationToken);
        await ServeAsync(ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WebApplication? server in _servers)
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Cluster.DisposeAsync();
    }

    private async Task ServeAsync(int ordinal)
    {
        TestPod pod = Set[ordinal];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new PodName(pod.Name));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(pod.EndPoint, listen => listen.Protocols = _protocols));
        WebApplication server = builder.Build();
        _map(server, pod.Name);
        await server.StartAsync(TestContext.Current.CancellationToken);
        _servers[ordinal] = server;
    }
}
