using Berth.Bench.Cluster.Real;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A first list in pages, which is the default, compared with a streaming list (KEP-3157) of a real API server: the cost for the client and
/// for the server. The default is right while it costs no more.
/// </summary>
internal static class StreamingRows
{
    public static async Task<IEnumerable<Row>> CompareAsync(BenchOptions options, RealApi real, int endpoints)
    {
        List<(ListCost Client, double Server)> pages = [];
        List<(ListCost Client, double Server)> streams = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            pages.Add(await RunAsync(options, real, endpoints, "list-berth"));
            streams.Add(await RunAsync(options, real, endpoints, "list-streaming"));
        }

        Row Compare(string what, Func<(ListCost Client, double Server), double> select, Func<double, string> text)
        {
            double ratio = Figures.Median(pages.Zip(streams, (a, b) => select(a) / select(b)));
            return new Row(
                what, "<= 1.05 of streaming", text(Figures.Median(pages.Select(select))), Figures.Ratio(ratio),
                $"streaming {text(Figures.Median(streams.Select(select)))}", ratio <= 1.05);
        }

        return
        [
            Compare($"real: {endpoints:#,0} endpoints in pages, not streaming, CPU", static c => c.Client.Cpu, Figures.Milliseconds),
            Compare("  time", static c => c.Client.Wall, Figures.Milliseconds),
            Compare("  memory: by how much the process grew", static c => c.Client.Grown, Figures.Megabytes),
            Compare("  CPU of kube-apiserver and etcd, with the warm-up", static c => c.Server, Figures.Milliseconds),
        ];
    }

    private static async Task<(ListCost Client, double Server)> RunAsync(
        BenchOptions options, RealApi real, int endpoints, string way)
    {
        double before = real.ServerCpu.TotalMilliseconds;
        ListCost client = await FirstListRows.RunAsync(options, real.Kubeconfig, endpoints, way);
        return (client, real.ServerCpu.TotalMilliseconds - before);
    }
}
