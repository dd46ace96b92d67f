using System.Globalization;

namespace Berth.Kubernetes.Cases;

/// <summary>
/// Slices as the real controllers write them, at random, against what decision 0028 promises. <c>BERTH_CASES=N</c> plays N cases that are
/// new every time; <c>BERTH_CASE=S</c> plays the one of a seed again, and writes down all that happens.
/// </summary>
public sealed class CaseTests(ITestOutputHelper output)
{
    private const int Few = 600;

    [Fact]
    public async Task No_pod_is_shown_too_long_or_missing_however_slices_are_written()
    {
        int count = Number("BERTH_CASES") ?? Few;
        int first = Number("BERTH_CASE") ?? (Number("BERTH_CASES") is null ? 1 : Random.Shared.Next(1, int.MaxValue - count));
        if (Number("BERTH_CASE") is not null)
            count = 1;
        output.WriteLine($"{count} cases, seeds {first} to {first + count - 1}");
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            TestContext.Current.CancellationToken,
            async (seed, _) => await PlayAsync(seed));
    }

    private static async Task PlayAsync(int seed)
    {
        CaseStep[] steps = CaseStep.Draw(seed);
        if (await WrongAsync(steps) is null)
            return;
        CaseStep[] fewest = await ShrinkAsync(steps);
        Case last = new(fewest);
        // Off the test's own context, so that what a case sets going runs at once and in order.
        string? wrong = await Task.Run(last.PlayAsync);
        Assert.Fail($"Seed {seed}: {wrong}\nPlay it again with BERTH_CASE={seed}. Its fewest steps:\n{last.Told}");
    }

    /// <summary>Takes steps out, in ever smaller pieces, as long as something stays wrong.</summary>
    private static async Task<CaseStep[]> ShrinkAsync(CaseStep[] steps)
    {
        for (int piece = steps.Length / 2; piece > 0; piece = piece == 1 ? 0 : piece / 2)
        {
            for (int at = steps.Length - piece; at >= 0; at -= piece)
            {
                CaseStep[] fewer = [.. steps[..at], .. steps[Math.Min(steps.Length, at + piece)..]];
                if (await WrongAsync(fewer) is not null)
                    steps = fewer;
                at = Math.Min(at, steps.Length);
            }
        }

        return steps;
    }

    private static async Task<string?> WrongAsync(CaseStep[] steps)
    {
        try
        {
            return await Task.Run(new Case(steps).PlayAsync);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return failure.ToString();
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
