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
    private readonly List<WebApplication> _servers = [];

    private Pods(TestCluster cluster, TestStatefulSet set)
    {
        Cluster = cluster;
        Set = set;
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
        Pods pods = new(
            cluster, await cluster.AddStatefulSetAsync("k8s-example2", "service-b", replicas: 2, cancellationToken: token));
        foreach (TestPod pod in pods.Set.Pods)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddGrpc();
            builder.Services.AddSingleton(new PodName(pod.Name));
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(pod.EndPoint, listen => listen.Protocols = protocols));
            WebApplication server = builder.Build();
            map(server, pod.Name);
            await server.StartAsync(token);
            pods._servers.Add(server);
        }

        return pods;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WebApplication server in _servers)
            await server.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
