using System.Buffers;
using System.Globalization;
using Berth.Bench.Cluster.Real;
using Berth.Bench.Options;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A group of rows with a real kube-apiserver, each compared with the same row against the fake one: the same program does the same work,
/// and the figures (most are medians of the rounds) may differ by 20%. Both sides are open at the same time and take turns by rounds (<see
/// cref="Turns"/>). While the fake server is measured, another real one makes the same changes, which no client watches, so both sides have
/// the same load on the machine. What is left is a difference between the servers.
/// </summary>
internal static class RealRows
{
    private const double MinRatio = 0.8;
    private const double MaxRatio = 1.2;

    private static readonly SearchValues<char> s_number = SearchValues.Create("-0123456789.,");

    public static async Task<IEnumerable<Row>> CompareAsync(BenchOptions options, Func<BenchOptions, Task<IEnumerable<Row>>> measure)
    {
        Assets assets = Assets.Require();
        (Row[] fake, Row[] real) = await Turns.RunAsync(
            turn => RowsAsync(options with { Turn = turn, StartApi = fleet => FakeBesideReal.StartAsync(assets, fleet) }),
            turn => RowsAsync(options with { Turn = turn, StartApi = async fleet => await RealApi.StartAsync(assets, fleet) }));
        return real.SelectMany((row, i) => i < fake.Length ? Pair(row, fake[i]) : [Named(row)]);

        async Task<Row[]> RowsAsync(BenchOptions side) => [.. await measure(side)];
    }

    private static Row Named(Row real) => real.What.StartsWith(' ') ? real : real with { What = $"real: {real.What}" };

    private static Row[] Pair(Row real, Row fake)
    {
        double ratio = Number(real) / Number(fake);
        // Two zeros agree.
        bool equal = real.Figure == fake.Figure;
        return
        [
            Named(real),
            new Row(
                "    against the fake API server", "within 20%", real.Figure, equal ? "1.00" : Figures.Ratio(ratio), $"fake {fake.Figure}",
                equal || ratio is >= MinRatio and <= MaxRatio),
        ];
    }

    /// <summary>The number at the beginning of a figure. A row has the same unit in both runs.</summary>
    private static double Number(Row row)
    {
        int end = row.Figure.AsSpan().IndexOfAnyExcept(s_number);
        string number = (end < 0 ? row.Figure : row.Figure[..end]).Replace(",", "", StringComparison.Ordinal);
        return double.TryParse(number, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
    }
}
