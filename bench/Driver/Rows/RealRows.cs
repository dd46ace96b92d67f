using System.Buffers;
using System.Globalization;
using Berth.Bench.Cluster.Real;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A group of rows with a real kube-apiserver, each compared with the same row against the fake one. Meanwhile a real one makes the same
/// changes, so both have the same load on the machine.
/// </summary>
internal static class RealRows
{
    private const double Least = 0.8;
    private const double Most = 1.2;

    private static readonly SearchValues<char> s_number = SearchValues.Create("-0123456789.,");

    public static async Task<IEnumerable<Row>> CompareAsync(BenchOptions options, Func<BenchOptions, Task<IEnumerable<Row>>> measure)
    {
        Assets assets = Assets.Require();
        Row[] fake = [.. await measure(options with { StartApi = fleet => FakeBesideReal.StartAsync(assets, fleet) })];
        Row[] real = [.. await measure(options with { StartApi = async fleet => await RealApi.StartAsync(assets, fleet) })];
        return real.Zip(fake, Pair).SelectMany(static rows => rows);
    }

    private static Row[] Pair(Row real, Row fake)
    {
        Row named = real.What.StartsWith(' ') ? real : real with { What = $"real: {real.What}" };
        double ratio = Number(real) / Number(fake);
        // Two zeros agree.
        bool equal = real.Figure == fake.Figure;
        return
        [
            named,
            new Row(
                "    against the fake API server", "within 20%", real.Figure, equal ? "1.00" : Figures.Ratio(ratio), $"fake {fake.Figure}",
                equal || ratio is >= Least and <= Most),
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
