namespace Berth.Soak;

/// <summary>Compares the median of the first third of the footprints with that of the last third.</summary>
internal sealed class Trend(IReadOnlyList<Footprint> samples)
{
    /// <summary>The smallest useful number of samples.</summary>
    public const int Fewest = 3;

    public int Count => samples.Count;

    public (double First, double Last) Of(Func<Footprint, double> value)
    {
        int third = Math.Max(1, samples.Count / 3);
        return (Median(samples.Take(third).Select(value)), Median(samples.TakeLast(third).Select(value)));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
