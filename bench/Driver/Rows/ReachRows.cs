using System.Diagnostics;
using System.Text;
using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Report;
using Berth.Grpc;
using Berth.Kubernetes;
using Berth.ServiceDiscovery;
using Berth.Yarp;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Berth.Bench.Rows;

/// <summary>The time from an event of the API server until a call has reached the new pod over a new connection.</summary>
internal static class ReachRows
{
    private const int Samples = 100;
    private const string Name = "lobby";

    // Longer than the time in which YARP gets several changes together, so that each of these is a separate change.
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(120);

    private static readonly ServiceTarget s_target = new(Fleet.Namespace, Fleet.Service);

    private static readonly Method<string, string> s_method = new(
        MethodType.Unary, "bench.Pods", "Ask", Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString),
        Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString));

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options) =>
    [
        await MeasureAsync("from the API's event to the new pod, HttpClient", HttpProtocols.Http1, SampleHttpAsync),
        await MeasureAsync("  gRPC", HttpProtocols.Http2, SampleGrpcAsync),
        await MeasureAsync("  YARP", HttpProtocols.Http1, SampleYarpAsync),
    ];

    private static async Task<Row> MeasureAsync(
        string what, HttpProtocols protocols, Func<FakeApi, EndpointDirectory, int, Task<double[]>> sample)
    {
        await using PodHost pods = await PodHost.StartAsync(protocols);
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 1, 1));
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = api.Kubeconfig });
        await using EndpointDirectory directory = KubernetesEndpoints.Connect(access);
        await directory.GetEndpointsAsync(s_target, PortScheme.PerOrdinal(pods.Port));
        await Servers.WatchedAsync(api);
        double[] times = await sample(api, directory, pods.Port);
        double median = Figures.Median(times);
        return new Row(
            what, "< 5 ms, median", Figures.Milliseconds(median), "", $"p99 {Figures.Milliseconds(times[Samples * 99 / 100])}", median < 5);
    }

    private static async Task<double[]> SampleHttpAsync(FakeApi api, EndpointDirectory directory, int port)
    {
        ServiceCollection services = new();
        services.AddSingleton(directory).AddServiceDiscoveryCore();
        services.AddBerthServiceEndpointProvider(options => options.Map(Name, s_target, PortScheme.PerOrdinal(port)));
        services.AddHttpClient("call").RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { UseProxy = false }).AddServiceDiscovery();
        await using ServiceProvider provider = services.BuildServiceProvider();
        using HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("call");
        return await SampleAsync(api, () => client.GetStringAsync($"http://{Name}/"));
    }

    private static async Task<double[]> SampleGrpcAsync(FakeApi api, EndpointDirectory directory, int port)
    {
        GrpcChannelOptions options = new() { Credentials = ChannelCredentials.Insecure };
        options.UseBerth(directory, new BerthGrpcOptions { Ports = PortScheme.PerOrdinal(port) });
        using GrpcChannel channel = GrpcChannel.ForAddress($"berth:///{Fleet.Service}.{Fleet.Namespace}", options);
        CallInvoker invoker = channel.CreateCallInvoker();
        return await SampleAsync(api, async () => await invoker.AsyncUnaryCall(s_method, null, new CallOptions(), "?"));
    }

    private static async Task<double[]> SampleYarpAsync(FakeApi api, EndpointDirectory directory, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(directory);
        builder.Services.AddReverseProxy().AddBerthDestinations().LoadFromMemory(
            [new RouteConfig { RouteId = Name, ClusterId = Name, Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig
            {
                ClusterId = Name,
                Destinations = new Dictionary<string, DestinationConfig>
                {
                    [Name] = new()
                    {
                        Address = $"http://{Fleet.Service}/",
                        Metadata = new Dictionary<string, string>
                        {
                            [BerthDestination.Target] = s_target.ToString(),
                            [BerthDestination.BasePort] = FormattableString.Invariant($"{port}"),
                        },
                    },
                },
            }]);
        await using WebApplication proxy = builder.Build();
        proxy.MapReverseProxy();
        await proxy.StartAsync();
        string url = proxy.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        return await SampleAsync(api, () => client.GetStringAsync(url));
    }

    /// <summary>Times in milliseconds, sorted.</summary>
    private static async Task<double[]> SampleAsync(FakeApi api, Func<Task<string>> call)
    {
        for (int i = 0; i < 300; i++)
            await call();
        double[] times = new double[Samples];
        for (int i = 0; i < Samples; i++)
        {
            await Task.Delay(s_between);
            api.Change(0);
            long sent = Stopwatch.GetTimestamp();
            string wanted = api.Fleet.Slices[0].FirstAddress;
            while (await call() != wanted)
            {
                if (Stopwatch.GetElapsedTime(sent).TotalSeconds > 10)
                    throw new TimeoutException("No call reached the new pod within 10 s.");
            }

            times[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }
}
