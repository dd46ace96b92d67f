using System.Net;
using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Report;
using Berth.Grpc;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Bench.Rows;

/// <summary>One pick of a gRPC channel with connections to 1,000 pods.</summary>
internal static class GrpcPickRows
{
    private const int Pods = 1000;
    private const int Picks = 2_000_000;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using PodHost host = await PodHost.StartAsync(HttpProtocols.Http2);
        PortScheme ports = PortScheme.Fixed(host.Port);
        await using EndpointDirectory directory = new(new ListSource(() => Enumerable.Range(0, Pods).Select(i => PodEndpoint.Create(
            FormattableString.Invariant($"service-b-{i}"), "scale", [new IPAddress([127, 1, (byte)(1 + (i / 250)), (byte)(1 + (i % 250))])],
            [new EndpointPort("", host.Port)], i))));
        ServiceCollection services = new();
        services.AddSingleton(directory).AddBerthGrpc(new BerthGrpcOptions { Ports = ports, SubsetSize = Pods });
        LatestPicker latest = LatestPicker.Replace(services);
        await using ServiceProvider provider = services.BuildServiceProvider();
        using GrpcChannel channel = GrpcChannel.ForAddress(
            "berth:///service-b.scale", new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure, ServiceProvider = provider });
        await channel.ConnectAsync();
        SubchannelPicker picker = await latest.WaitAsync(Pods);
        return
        [
            Measure(options, picker, "a gRPC pick among 1,000 pods", null, null),
            Measure(options, picker, "  of a named pod", BerthMetadata.Pod, "service-b-777"),
            Measure(options, picker, "  of a key", BerthMetadata.Key, "room-4711"),
        ];
    }

    private static Row Measure(BenchOptions options, SubchannelPicker picker, string what, string? key, string? value)
    {
        using HttpRequestMessage request = new();
        request.Headers.TryAddWithoutValidation("user-agent", "grpc-dotnet/2.85.0");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (key is not null)
            request.Headers.TryAddWithoutValidation(key, value);
        PickContext context = new() { Request = request };
        List<double> times = [];
        long allocated = 0;
        for (int round = 0; round < options.Rounds + 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < Picks; i++)
                picker.Pick(context);
            // In the first rounds the JIT compiler optimises.
            if (round < 2)
                continue;
            times.Add((Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / Picks);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        double median = Figures.Median(times);
        return new Row(
            what, "< 150 ns, 0 B",
            FormattableString.Invariant($"{median:0.0} ns, {(double)allocated / Picks / times.Count:0.##} B"), "", "",
            median < 150 && allocated < Picks / 100);
    }

    /// <summary>Reads the pickers that the balancer gives to the channel.</summary>
    private sealed class LatestPicker(LoadBalancerFactory inner) : LoadBalancerFactory
    {
        private volatile SubchannelPicker? _latest;

        public override string Name => inner.Name;

        public static LatestPicker Replace(IServiceCollection services)
        {
            ServiceDescriptor before = services.Last(static s => s.ServiceType == typeof(LoadBalancerFactory));
            LatestPicker latest = new((LoadBalancerFactory)before.ImplementationInstance!);
            services.Remove(before);
            services.AddSingleton<LoadBalancerFactory>(latest);
            return latest;
        }

        public override LoadBalancer Create(LoadBalancerOptions options) => inner.Create(new LoadBalancerOptions(
            new Helper(options.Controller, picker => _latest = picker), options.LoggerFactory, options.Configuration));

        /// <summary>Waits until calls use this number of pods in turn.</summary>
        public async Task<SubchannelPicker> WaitAsync(int pods)
        {
            for (int i = 0; i < 600; i++)
            {
                await Task.Delay(100);
                if (_latest is not { } picker)
                    continue;
                HashSet<Subchannel> found = [];
                using HttpRequestMessage request = new();
                for (int pick = 0; pick < pods; pick++)
                {
                    if (picker.Pick(new PickContext { Request = request }).Subchannel is { } subchannel)
                        found.Add(subchannel);
                }

                if (found.Count == pods)
                    return picker;
            }

            throw new TimeoutException($"{pods} connections are not open after a minute.");
        }
    }

    private sealed class Helper(IChannelControlHelper inner, Action<SubchannelPicker> seen) : IChannelControlHelper
    {
        public Subchannel CreateSubchannel(SubchannelOptions options) => inner.CreateSubchannel(options);

        public void RefreshResolver() => inner.RefreshResolver();

        public void UpdateState(BalancerState state)
        {
            inner.UpdateState(state);
            seen(state.Picker);
        }
    }
}
