using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A first list of 60,000 endpoints in pages, which is the default, compared with a streaming list (KEP-3157): the cost for the client and,
/// where the server is a process of its own, for the server. The default is right while it costs no more. Both take turns, 12 pairs with
/// the default rounds, because they differ by less than two lists of one kind do.
/// </summary>
internal static class StreamingRows
{
    private const int Slices = 600;
    private const int Endpoints = Slices * 100;
    private const double MaxRatio = 1.05;

    /// <param name="Client">The cost for the client.</param>
    /// <param name="Server">The CPU time of the server, in milliseconds.</param>
    /// <param name="Requests">The lists and watches that the server got.</param>
    private readonly record struct Round(ListCost Client, double Server, long Requests);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(
            new Fleet().Add(Fleet.Service, Slices, 100).Add(FirstListRows.WarmUp, Slices, 10));
        List<Round> pages = [];
        List<Round> streams = [];
        for (int round = 0; round < (2 * options.Rounds) + 2; round++)
        {
            await options.Turn();
            // The side that goes first in one round goes second in the next.
            if (round % 2 == 0)
                pages.Add(await RunAsync(options, api, "list-berth"));
            streams.Add(await RunAsync(options, api, "list-streaming"));
            if (round % 2 == 1)
                pages.Add(await RunAsync(options, api, "list-berth"));
        }

        // A client that is refused a streaming list asks for pages. It would then be measured against itself.
        (long paged, long streamed) = (pages.Sum(static r => r.Requests), streams.Sum(static r => r.Requests));
        if (streamed >= paged)
            throw new InvalidOperationException(
                $"Streaming lists took {streamed} requests, and lists in pages {paged}: the server did not stream.");
        Row[] ofClient =
        [
            Compare($"{Endpoints:#,0} endpoints in pages, not streaming, CPU", static r => r.Client.Cpu, Figures.Milliseconds),
            Compare("  time", static r => r.Client.Wall, Figures.Milliseconds),
            Compare("  memory: by how much the process grew", static r => r.Client.Grown, Figures.Megabytes),
        ];
        return api.ServerCpu is null
            ? ofClient
            : [.. ofClient, Compare("  CPU of the API server, with the warm-up", static r => r.Server, Figures.Milliseconds)];

        Row Compare(string what, Func<Round, double> select, Func<double, string> text)
        {
            double ratio = Figures.Median(pages.Zip(streams, (a, b) => select(a) / select(b)));
            return new Row(
                what, "<= 1.05 of streaming", text(Figures.Median(pages.Select(select))), Figures.Ratio(ratio),
                $"streaming {text(Figures.Median(streams.Select(select)))}", ratio <= MaxRatio);
        }
    }

    private static async Task<Round> RunAsync(BenchOptions options, IApiServer api, string way)
    {
        long asked = await api.CountRequestsAsync();
        TimeSpan? before = api.ServerCpu;
        ListCost client = await FirstListRows.RunAsync(options, api.Kubeconfig, Endpoints, way);
        double server = (api.ServerCpu - before)?.TotalMilliseconds ?? 0;
        return new Round(client, server, await api.CountRequestsAsync() - asked);
    }
}
