using System.Net;
using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;
using Berth.ServiceDiscovery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.Bench.Rows;

/// <summary>
/// Calls through Berth.ServiceDiscovery, against the same HttpClient with a fixed address, and against the provider of
/// Microsoft.Extensions.ServiceDiscovery that reads the configuration. All sides run in turn in this process.
/// </summary>
internal static class CallRows
{
    private const int Calls = 10_000;
    private const int Resolutions = 300;
    private const int Endpoints = 100;

    private sealed record Cost(double Cpu, double Allocated);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using ServerProcess bare = Servers.Bare(options);
        await bare.ReadyAsync();
        int port = new Uri(bare.Url).Port;
        List<Cost>[] calls = [[], [], []];
        List<Cost>[] first = [[], []];
        await using ServiceProvider fixedAddress = Provide(null, port);
        await using ServiceProvider berth = Provide(WithBerth(1, port), port);
        await using ServiceProvider configured = Provide(WithConfiguration(1, port), port);
        // In the first round the JIT compiler optimises.
        for (int round = 0; round < (2 * options.Rounds) + 2; round++)
        {
            Cost[] costs =
            [
                await CallAsync(fixedAddress, $"{bare.Url}/"),
                await CallAsync(berth, "http://lobby/"),
                await CallAsync(configured, "http://lobby/"),
            ];
            Cost[] firsts = [await ResolveAsync(WithBerth(Endpoints, port)), await ResolveAsync(WithConfiguration(Endpoints, port))];
            for (int i = 0; round >= 2 && i < costs.Length; i++)
                calls[i].Add(costs[i]);
            for (int i = 0; round >= 2 && i < firsts.Length; i++)
                first[i].Add(firsts[i]);
        }

        double toFixed = Ratio(calls[1], calls[0], static c => c.Cpu);
        double ours = Median(calls[1], static c => c.Allocated) - Median(calls[2], static c => c.Allocated);
        return
        [
            new Row(
                "a call through Berth.ServiceDiscovery, CPU", "<= 1.05 of a fixed address", Micro(calls[1]), Figures.Ratio(toFixed),
                $"fixed {Micro(calls[0])}", toFixed <= 1.05),
            new Row(
                "  allocated by Berth", "0 B", FormattableString.Invariant($"{Math.Max(0, ours):0} B"), "",
                FormattableString.Invariant($"in all {Median(calls[1], static c => c.Allocated):0} B, ")
                    + FormattableString.Invariant($"configuration provider {Median(calls[2], static c => c.Allocated):0} B, ")
                    + FormattableString.Invariant($"fixed {Median(calls[0], static c => c.Allocated):0} B"),
                ours < 1),
            Against("  CPU against the configuration provider", calls[1], calls[2], static c => c.Cpu, Figures.Microseconds),
            Against(
                $"  first resolution of {Endpoints} endpoints, CPU", first[0], first[1], static c => c.Cpu, Figures.Microseconds),
            Against("    allocated", first[0], first[1], static c => c.Allocated, Figures.Kilobytes),
        ];
    }

    private static Row Against(string what, List<Cost> ours, List<Cost> theirs, Func<Cost, double> select, Func<double, string> text)
    {
        double ratio = Ratio(ours, theirs, select);
        // The difference between two runs of one side.
        const double Noise = 1.02;
        return new Row(
            what, "not slower", text(Median(ours, select)), Figures.Ratio(ratio),
            $"configuration provider {text(Median(theirs, select))}", ratio <= Noise);
    }

    private static string Micro(List<Cost> costs) => Figures.Microseconds(Median(costs, static c => c.Cpu));

    private static double Median(List<Cost> costs, Func<Cost, double> select) => Figures.Median(costs.Select(select));

    private static double Ratio(List<Cost> ours, List<Cost> theirs, Func<Cost, double> select) =>
        Figures.Median(ours.Zip(theirs, (a, b) => select(a) / select(b)));

    private static async Task<Cost> CallAsync(ServiceProvider services, string url)
    {
        using HttpClient client = services.GetRequiredService<IHttpClientFactory>().CreateClient("call");
        await client.GetStringAsync(url);
        return await MeasureAsync(Calls, () => client.GetStringAsync(url));
    }

    private static Task<Cost> ResolveAsync(Action<IServiceCollection> add) => MeasureAsync(Resolutions, async () =>
    {
        await using ServiceProvider services = Provide(add, 0);
        ServiceEndpointResolver resolver = services.GetRequiredService<ServiceEndpointResolver>();
        ServiceEndpointSource found = await resolver.GetEndpointsAsync("http://lobby", CancellationToken.None);
        if (found.Endpoints.Count != Endpoints)
            throw new InvalidOperationException($"{found.Endpoints.Count} endpoints came of {Endpoints}.");
    });

    private static async Task<Cost> MeasureAsync(int times, Func<Task> act)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < times; i++)
            await act();
        return new Cost(
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / times,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / times);
    }

    private static ServiceProvider Provide(Action<IServiceCollection>? add, int port)
    {
        ServiceCollection services = new();
        IHttpClientBuilder client = services.AddHttpClient("call").RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { UseProxy = false });
        if (add is null)
            return services.BuildServiceProvider();
        services.AddServiceDiscoveryCore();
        add(services);
        client.AddServiceDiscovery();
        return services.BuildServiceProvider();
    }

    private static Action<IServiceCollection> WithBerth(int count, int port)
    {
        EndpointDirectory directory = new(new ListSource(() => Enumerable.Range(0, count).Select(i => PodEndpoint.Create(
            FormattableString.Invariant($"service-b-{i}"), "scale", [AddressOf(i)], [new EndpointPort("", port)], i))));
        ServiceTarget target = new("scale", "service-b");
        return services => services.AddSingleton(directory).AddBerthServiceEndpointProvider(
            options => options.Map("lobby", target, PortScheme.Fixed(Math.Max(1, port))));
    }

    private static Action<IServiceCollection> WithConfiguration(int count, int port)
    {
        Dictionary<string, string?> values = Enumerable.Range(0, count).ToDictionary(
            static i => FormattableString.Invariant($"Services:lobby:http:{i}"), i => (string?)$"{AddressOf(i)}:{port}");
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        return services => services.AddSingleton<IConfiguration>(configuration).AddConfigurationServiceEndpointProvider();
    }

    private static IPAddress AddressOf(int i) => new([127, 0, 0, (byte)(1 + i)]);
}
