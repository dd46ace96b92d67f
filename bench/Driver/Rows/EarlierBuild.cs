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
        PairAsync(round, () => measure(ours), () => measure(theirs));

    /// <summary>Measures both with fresh processes, of the program in the options of each side.</summary>
    public static Task<Pair> InTurnAsync(int round, BenchOptions ours, BenchOptions theirs, Func<BenchOptions, Task<double>> measure) =>
        PairAsync(round, () => measure(ours), () => measure(theirs));

    /// <summary>The same with several figures of each side.</summary>
    public static Task<(T Now, T Before)> BothInTurnAsync<T>(
        int round, BenchOptions ours, BenchOptions theirs, Func<BenchOptions, Task<T>> measure) =>
        BothAsync(round, () => measure(ours), () => measure(theirs));

    /// <summary>One row of figures that were measured together.</summary>
    public static Row Compare<T>(
        string what, double limit, List<(T Now, T Before)> both, Func<T, double> select, Func<double, string> text) =>
        Compare(what, limit, [.. both.Select(one => new Pair(select(one.Now), select(one.Before)))], text);

    public static Row Compare(string what, double limit, List<Pair> pairs, Func<double, string> text)
    {
        double ratio = Figures.Median(pairs.Select(static pair => pair.Now / pair.Before));
        return new Row(
            what, $"<= {Figures.Ratio(limit)} of the earlier build", text(Figures.Median(pairs.Select(static pair => pair.Now))),
            Figures.Ratio(ratio), $"earlier build {text(Figures.Median(pairs.Select(static pair => pair.Before)))}", ratio <= limit);
    }

    private static async Task<Pair> PairAsync(int round, Func<Task<double>> ours, Func<Task<double>> theirs)
    {
        (double now, double before) = await BothAsync(round, ours, theirs);
        return new Pair(now, before);
    }

    private static async Task<(T Now, T Before)> BothAsync<T>(int round, Func<Task<T>> ours, Func<Task<T>> theirs)
    {
        if (round % 2 == 0)
        {
            T now = await ours();
            return (now, await theirs());
        }

        T before = await theirs();
        return (await ours(), before);
    }
}
