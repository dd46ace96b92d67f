using System.Diagnostics.Metrics;
using System.Globalization;
using Berth.Dispatcher;
using Berth.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Soak;

/// <summary>
/// Service A in a separate process, with the same parts as <c>berth dispatch</c>. It also reports its stalls, and on request its footprint
/// after a collection.
/// </summary>
internal static class DispatcherRole
{
    public const string Name = "dispatcher";
    public const string Measure = "measure";
    public const string Look = "look";
    public const string Stall = "stall";

    public static async Task<int> RunAsync(string kubeconfig, int basePort)
    {
        using Meter meter = new("Berth");
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = kubeconfig });
        await using EndpointDirectory directory = KubernetesEndpoints.Connect(
            access, new KubernetesEndpointSourceOptions { Meter = meter }, new EndpointDirectoryOptions { Meter = meter });
        DispatcherOptions options = new()
        {
            Targets = [new DispatcherTarget(new ServiceTarget(ServiceA.Namespace, ServiceA.Service), PortScheme.PerOrdinal(basePort))],
            Urls = ["http://127.0.0.1:0"],
        };
        await using DispatcherServer server = await DispatcherServer.StartAsync(
            directory, options, NullLoggerFactory.Instance, TimeProvider.System, meter);
        await Console.Out.WriteLineAsync(server.Addresses[0]);
        StallWatch stalls = new(static (from, to) =>
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stall} {from} {to}")));
        using CancellationTokenSource ending = new();
        Thread watch = new(() => stalls.Run(ending.Token)) { IsBackground = true, Name = "soak-stalls" };
        watch.Start();
        // A ends when its input ends, and that ends with the process that started it.
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == Measure)
            {
                await Console.Out.WriteLineAsync(Footprint.OfThisProcess().ToString(CultureInfo.InvariantCulture));
            }
            else if (line == Look)
            {
                stalls.Look();
                await Console.Out.WriteLineAsync(Look);
            }
        }

        await ending.CancelAsync();
        watch.Join();
        await server.StopAsync(CancellationToken.None);
        return 0;
    }
}
