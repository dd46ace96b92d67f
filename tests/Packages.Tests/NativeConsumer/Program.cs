// A native program that uses the packages together: a cluster from Berth.Testing, and clients of its pods, which are replaced meanwhile.
using System.Net;
using Berth;
using Berth.AspNetCore;
using Berth.Dispatcher;
using Berth.Dns;
using Berth.Grpc;
using Berth.Kubernetes;
using Berth.Remote;
using Berth.Testing;
using Berth.Yarp;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rooms;
using Yarp.ReverseProxy.Configuration;

const string Namespace = "k8s-example2";
await using TestCluster cluster = await TestCluster.StartAsync();
TestStatefulSet web = await cluster.AddStatefulSetAsync(Namespace, "service-b", replicas: 2);
TestStatefulSet grpc = await cluster.AddStatefulSetAsync(Namespace, "rooms", replicas: 2);
foreach (TestPod pod in web.Pods)
    await Pods.StartAsync(pod, HttpProtocols.Http1);
foreach (TestPod pod in grpc.Pods)
    await Pods.StartAsync(pod, HttpProtocols.Http2);

// Berth.Kubernetes
await using EndpointDirectory berth = KubernetesEndpoints.Connect(
    KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = cluster.KubeconfigPath }));
EndpointSnapshot pods = await berth.GetEndpointsAsync(Namespace, "service-b", web.BasePort);
Console.WriteLine($"kubernetes: {string.Join(", ", pods.Available.Select(static pod => pod.Name))}");

// Berth.Grpc
using GrpcChannel channel = GrpcChannel.ForAddress(
    $"berth:///rooms.{Namespace}",
    new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure }.UseBerth(
        berth, new BerthGrpcOptions { Ports = PortScheme.PerOrdinal(grpc.BasePort) }));
JoinReply reply = await new Room.RoomClient(channel).JoinAsync(new JoinRequest(), new Metadata { { BerthMetadata.Pod, "rooms-1" } });
Console.WriteLine($"grpc: {reply.Pod}");

// Berth.Yarp and Berth.AspNetCore, in one server
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSingleton(berth);
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "pod", ClusterId = "b", Match = new RouteMatch { Path = "/pods/{pod}/{**rest}" } }],
    [
        new ClusterConfig
        {
            ClusterId = "b",
            SessionAffinity = new SessionAffinityConfig { Enabled = true, Policy = BerthPodAffinity.Name, AffinityKeyName = "Berth-Pod" },
            Destinations = new Dictionary<string, DestinationConfig>
            {
                ["b"] = new()
                {
                    Address = "http://service-b/",
                    Metadata = new Dictionary<string, string>
                    {
                        [BerthDestination.Target] = $"{Namespace}/service-b",
                        [BerthDestination.BasePort] = $"{web.BasePort}",
                    },
                },
            },
        },
    ]).AddBerthDestinations();
await using WebApplication server = builder.Build();
server.MapReverseProxy();
server.MapBerth("/discovery", new BerthRouteOptions
{
    Targets = [new DispatcherTarget(new ServiceTarget(Namespace, "service-b"), PortScheme.PerOrdinal(web.BasePort))],
});
await server.StartAsync();
using HttpClient client = new() { BaseAddress = new Uri(server.Urls.First()) };
Console.WriteLine($"yarp: {await client.GetStringAsync("/pods/service-b-1/a")}");

// Berth.Remote, from the routes of this server
await using EndpointDirectory remote = RemoteEndpoints.Connect(new Uri(client.BaseAddress, "/discovery").ToString());
EndpointView view = remote.Follow(new ServiceTarget(Namespace, "service-b"), PortScheme.PerOrdinal(web.BasePort));
EndpointSnapshot seen = await view.GetEndpointsAsync();
Console.WriteLine($"remote: {string.Join(", ", seen.Available.Select(static pod => pod.Name))}");

// Berth.Dns, from a server of the test
await using EndpointDirectory dns = DnsEndpoints.Connect(new DnsEndpointSourceOptions { Servers = [IPEndPoint.Parse(args[0])] });
EndpointSnapshot named = await dns.GetEndpointsAsync(Namespace, "service-b", 3000);
Console.WriteLine($"dns: {string.Join(", ", named.Available.Select(static pod => pod.Authority))}");

// A pod is replaced, and the last client in the row learns of it: through the API, the routes and the stream.
TestPod second = await web.ReplaceAsync(1);
await foreach (EndpointSnapshot next in view.ReadAllAsync())
{
    if (next.FindByName("service-b-1")?.Uid == second.Uid)
        break;
}

Console.WriteLine("replaced: seen");
