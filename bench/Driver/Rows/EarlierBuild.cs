using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>Figures of this build and of an earlier one, measured one after the other.</summary>
internal static class EarlierBuild
{
    /// <param name="Now">The figure of this build.</param>
    /// <param name="Before">The figure of the earlier one.</param>
    public readonly record struct Pair(double Now, double Before);

    /// <summary>Measures both. The side that goes first in one round goes second in the next.</summary>
    public static Task<Pair> InTurnAsync(
        int round, ServerProcess ours, ServerProcess theirs, Func<ServerProcess, Task<double>> measure) =>
        InTurnAsync(round, () => measure(ours), () => measure(theirs));

    /// <summary>Measures both with fresh processes, of the program in the options of each side.</summary>
    public static Task<Pair> InTurnAsync(int round, BenchOptions ours, BenchOptions theirs, Func<BenchOptions, Task<double>> measure) =>
        InTurnAsync(round, () => measure(ours), () => measure(theirs));

    public static Row Compare(string what, double limit, List<Pair> pairs, Func<double, string> text)
    {
        double ratio = Figures.Median(pairs.Select(static pair => pair.Now / pair.Before));
        return new Row(
            what, $"<= {Figures.Ratio(limit)} of the earlier build", text(Figures.Median(pairs.Select(static pair => pair.Now))),
            Figures.Ratio(ratio), $"earlier build {text(Figures.Median(pairs.Select(static pair => pair.Before)))}", ratio <= limit);
    }

    private static async Task<Pair> InTurnAsync(int round, Func<Task<double>> ours, Func<Task<double>> theirs)
    {
        if (round % 2 == 0)
        {
            double now = await ours();
            return new Pair(now, await theirs());
        }

        double before = await theirs();
        return new Pair(await ours(), before);
    }
}
