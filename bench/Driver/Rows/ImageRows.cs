using Berth.Bench.Options;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>The size of the image that deploy/image/build writes, unpacked.</summary>
internal static class ImageRows
{
    public static Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        double program = new FileInfo(options.Berth).Length;
        double unpacked = double.Parse(options.Image ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        IEnumerable<Row> rows =
            [new Row("image, unpacked", "<= 25 MB", Figures.Megabytes(unpacked), "", $"the program in it {Figures.Megabytes(program)}",
                unpacked is > 0 and <= 25_000_000)];
        return Task.FromResult(rows);
    }
}
