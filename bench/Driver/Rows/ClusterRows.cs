using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// First lists of 100,000 endpoints: one set of two clusters with 50,000 each, compared with one cluster of 100,000. That cluster has two
/// sets of 50,000, because one set of 100,000 would need more ports than there are.
/// </summary>
internal static class ClusterRows
{
    private const int Slices = 500;
    private const double MaxRatio = 1.1;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer east = await options.StartApi(NewFleet());
        await using IApiServer west = await options.StartApi(NewFleet());
        await using IApiServer one = await options.StartApi(NewFleet().Add("second", Slices, 100));
        List<ListCost> clusters = [];
        List<ListCost> single = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            clusters.Add(await ListCost.MeasureAsync(
                options, 100_000,
                ["list-clusters", east.Kubeconfig, west.Kubeconfig, Fleet.Namespace, Fleet.Service, "warm-up"]));
            single.Add(await ListCost.MeasureAsync(
                options, 100_000, ["list-targets", one.Kubeconfig, Fleet.Namespace, Fleet.Service, "second", "warm-up"]));
        }

        return
        [
            Compare("two clusters of 50,000 endpoints each, first list: CPU", clusters, single, static c => c.Cpu, Figures.Milliseconds),
            Compare("  memory: by how much the process grew", clusters, single, static c => c.Grown, Figures.Megabytes),
            Compare("  memory: allocated", clusters, single, static c => c.Allocated, Figures.Megabytes),
        ];
    }

    private static Fleet NewFleet() => new Fleet().Add(Fleet.Service, Slices, 100).Add("warm-up", 600, 10);

    private static Row Compare(
        string what, List<ListCost> clusters, List<ListCost> single, Func<ListCost, double> select, Func<double, string> text)
    {
        double ratio = Figures.Median(clusters.Zip(single, (a, b) => select(a) / select(b)));
        return new Row(
            what, "<= 1.1 of one cluster of 100,000", text(Figures.Median(clusters.Select(select))), Figures.Ratio(ratio),
            $"one cluster {text(Figures.Median(single.Select(select)))}", ratio <= MaxRatio);
    }
}
