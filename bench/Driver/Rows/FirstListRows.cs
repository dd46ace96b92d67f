using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A first list of 60,000 endpoints, decoded and published: by our client and by the official client, in turn, on the same runtime.
/// </summary>
internal static class FirstListRows
{
    /// <summary>The set for the warm-up. It has more than one page, as the measured set.</summary>
    public const string WarmUp = "warm-up";

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 600, 100).Add(WarmUp, 600, 10));
        return await CompareAsync(options, api.Kubeconfig, 60_000);
    }

    /// <summary>Compares both clients with any API server that has these endpoints and the set for the warm-up.</summary>
    public static async Task<IEnumerable<Row>> CompareAsync(BenchOptions options, string kubeconfig, int endpoints)
    {
        List<ListCost> ours = [];
        List<ListCost> theirs = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            ours.Add(await RunAsync(options, kubeconfig, endpoints, "list-berth"));
            theirs.Add(await RunAsync(options, kubeconfig, endpoints, "list-official"));
        }

        return
        [
            Compare($"first list of {endpoints:#,0} endpoints, time", ours, theirs, static c => c.Wall, Figures.Milliseconds),
            Compare("  CPU", ours, theirs, static c => c.Cpu, Figures.Milliseconds),
            Compare("  memory: by how much the process grew", ours, theirs, static c => c.Grown, Figures.Megabytes),
            Compare("  memory: allocated", ours, theirs, static c => c.Allocated, Figures.Megabytes),
        ];
    }

    private static Row Compare(
        string what, List<ListCost> ours, List<ListCost> theirs, Func<ListCost, double> select, Func<double, string> text)
    {
        double ratio = Figures.Median(ours.Zip(theirs, (a, b) => select(a) / select(b)));
        return new Row(
            what, "<= 0.20 of the official client", text(Figures.Median(ours.Select(select))), Figures.Ratio(ratio),
            $"official client {text(Figures.Median(theirs.Select(select)))}", ratio <= 0.2);
    }

    /// <summary>Runs one list in a separate process.</summary>
    public static Task<ListCost> RunAsync(BenchOptions options, string kubeconfig, int endpoints, string way) =>
        ListCost.MeasureAsync(options, endpoints, [way, kubeconfig, Fleet.Namespace, Fleet.Service, WarmUp]);
}
