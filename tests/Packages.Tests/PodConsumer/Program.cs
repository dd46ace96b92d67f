// A program that uses the packages together: a cluster from Berth.Testing, and clients of its pods, which are killed and replaced
// meanwhile. The tests run it on .NET, and as a native program.
using System.Net;
using System.Text.Json;
using Berth;
using Berth.AspNetCore;
using Berth.Dispatcher;
using Berth.Dns;
using Berth.Extensions.Hosting;
using Berth.Grpc;
using Berth.Http;
using Berth.Kubernetes;
using Berth.Remote;
using Berth.ServiceDiscovery;
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
List<WebApplication> servers = [];
foreach (TestPod pod in web.Pods)
    servers.Add(await Pods.StartAsync(pod, HttpProtocols.Http1));
foreach (TestPod pod in grpc.Pods)
    servers.Add(await Pods.StartAsync(pod, HttpProtocols.Http2));

// Berth.Kubernetes
await using EndpointDirectory berth = KubernetesEndpoints.Connect(
    KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = cluster.KubeconfigPath }));
EndpointSnapshot pods = await berth.GetEndpointsAsync(Namespace, "service-b", web.BasePort);
Console.WriteLine($"kubernetes: {string.Join(", ", pods.Available.Select(static pod => pod.Name))}");

// Berth.Core: a session with every pod
await using EndpointSessions<PodSession> sessions = new(
    berth.Follow(new ServiceTarget(Namespace, "service-b"), PortScheme.PerOrdinal(web.BasePort)),
    static (pod, token) => PodSession.OpenAsync(pod, token),
    new() { Completion = static session => session.Completion });
Console.WriteLine($"sessions: {await UntilOpenAsync(static open => open.Length == 2)}");

// Berth.Grpc
using GrpcChannel channel = GrpcChannel.ForAddress(
    $"berth:///rooms.{Namespace}",
    new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure }.UseBerth(
        berth, new BerthGrpcOptions { Ports = PortScheme.PerOrdinal(grpc.BasePort) }));
Room.RoomClient room = new(channel);
async Task<string> JoinAsync() => (await room.JoinAsync(new JoinRequest(), new Metadata { { BerthMetadata.Pod, "rooms-1" } })).Pod;
Console.WriteLine($"grpc: {await JoinAsync()}");

// Berth.Extensions.Hosting, Berth.ServiceDiscovery, Berth.Http, Berth.Yarp and Berth.AspNetCore, in one program
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Berth:Kubernetes:Kubeconfig"] = cluster.KubeconfigPath,
    ["Berth:Views:lobby:Namespace"] = Namespace,
    ["Berth:Views:lobby:Service"] = "service-b",
    ["Berth:Views:lobby:BasePort"] = $"{web.BasePort}",
});
builder.AddBerthView("lobby");
builder.Services.AddServiceDiscovery();
builder.Services.AddBerthServiceEndpointProvider();
builder.Services.AddHttpClient("discovered").AddServiceDiscovery();
builder.Services.AddHttpClient("handler").AddBerthHandler("lobby");
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
Console.WriteLine($"routes: {await UntilAnswerAsync(() => AskRoutesAsync("pod"))}");
Console.WriteLine($"yarp: {await client.GetStringAsync("/pods/service-b-1/a")}");
IHttpClientFactory clients = server.Services.GetRequiredService<IHttpClientFactory>();
HttpClient discovered = clients.CreateClient("discovered");
HttpClient handler = clients.CreateClient("handler");
string discoveredUrl = $"http://service-b-1.service-b.{Namespace}.berth/b";
Console.WriteLine($"discovery: {await discovered.GetStringAsync(discoveredUrl)}");
Console.WriteLine($"handler: {await handler.GetStringAsync("http://service-b-1.lobby/c")}");

// Berth.Remote, from the routes of this server
await using EndpointDirectory remote = RemoteEndpoints.Connect(new Uri(client.BaseAddress, "/discovery").ToString());
EndpointView view = remote.Follow(new ServiceTarget(Namespace, "service-b"), PortScheme.PerOrdinal(web.BasePort));
EndpointSnapshot seen = await view.GetEndpointsAsync();
Console.WriteLine($"remote: {string.Join(", ", seen.Available.Select(static pod => pod.Name))}");

// Berth.Dns, from a server of the test
await using EndpointDirectory dns = DnsEndpoints.Connect(new DnsEndpointSourceOptions { Servers = [IPEndPoint.Parse(args[0])] });
EndpointSnapshot named = await dns.GetEndpointsAsync(Namespace, "service-b", 3000);
Console.WriteLine($"dns: {string.Join(", ", named.Available.Select(static pod => pod.Authority))}");

// The pods are killed: calls by name fail, and none goes to another pod.
await Pods.KillAsync(servers[1]);
await Pods.KillAsync(servers[3]);
Func<Task<string>>[] calls =
[
    JoinAsync,
    () => client.GetStringAsync("/pods/service-b-1/a"),
    () => discovered.GetStringAsync(discoveredUrl),
    () => handler.GetStringAsync("http://service-b-1.lobby/c"),
];
foreach (Func<Task<string>> call in calls)
    Console.WriteLine($"killed: {await TryAsync(call) ?? "no answer"}");
Console.WriteLine($"killed: {await UntilOpenAsync(static open => open.Length == 1)}");

// They are replaced, and each client reaches the new ones.
TestPod second = await web.ReplaceAsync(1);
await Pods.StartAsync(second, HttpProtocols.Http1, life: 2);
await Pods.StartAsync(await grpc.ReplaceAsync(1), HttpProtocols.Http2, life: 2);
foreach (Func<Task<string>> call in calls)
    Console.WriteLine($"replaced: {await UntilAnswerAsync(call)}");
Console.WriteLine($"replaced: {await UntilOpenAsync(open => open.Any(pod => pod.Uid == second.Uid))}");

// The last client in the row learns of it: through the API, the routes and the stream.
await foreach (EndpointSnapshot next in view.ReadAllAsync())
{
    if (next.FindByName("service-b-1")?.Uid == second.Uid)
        break;
}

Console.WriteLine("remote: seen");
Console.WriteLine($"routes: {(await AskRoutesAsync("uid") == second.Uid ? "seen" : "another pod")}");

async Task<string> UntilOpenAsync(Func<PodEndpoint[], bool> condition)
{
    using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    await foreach (EndpointSessionSet<PodSession> now in sessions.ReadAllAsync(limit.Token))
    {
        PodEndpoint[] open = [.. now.Where(static session => session.State == EndpointSessionState.Open).Select(static s => s.Pod)];
        if (condition(open))
            return string.Join(", ", open.Select(static pod => pod.Name));
    }

    return "no sessions";
}

async Task<string> AskRoutesAsync(string member)
{
    using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync($"/discovery/v1/endpoints/{Namespace}/service-b/1"));
    return answer.RootElement.GetProperty("endpoint").GetProperty(member).GetString()!;
}

static async Task<string?> TryAsync(Func<Task<string>> call)
{
    try
    {
        return await call();
    }
    catch (Exception exception) when (exception is HttpRequestException or RpcException or NoEndpointException)
    {
        return null;
    }
}

static async Task<string> UntilAnswerAsync(Func<Task<string>> call)
{
    using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    while (true)
    {
        if (await TryAsync(call) is { } answer)
            return answer;
        // The call itself sets the pace.
        limit.Token.ThrowIfCancellationRequested();
        await Task.Yield();
    }
}
