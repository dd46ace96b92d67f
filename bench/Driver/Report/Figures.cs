using System.Globalization;

namespace Berth.Bench.Report;

/// <summary>Medians, and numbers as text.</summary>
internal static class Figures
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000:0.0} MB");

    public static string Kilobytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000:0.0} KB");

    public static string Milliseconds(double milliseconds) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{(milliseconds >= 10 ? Math.Round(milliseconds, 1) : Math.Round(milliseconds, 2))} ms");

    public static string Microseconds(double microseconds) => string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.0} us");

    public static string PerSecond(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:#,0}/s");

    public static string Ratio(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}");

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0}%");
}
