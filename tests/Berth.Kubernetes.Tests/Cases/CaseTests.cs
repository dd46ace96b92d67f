using System.Globalization;

namespace Berth.Kubernetes.Cases;

/// <summary>
/// Slices as the real controllers write them, at random, against what decision 0028 promises. <c>BERTH_CASES=N</c> plays N cases that are
/// new every time; <c>BERTH_CASE=S</c> plays the one of a seed again, and writes down all that happens.
/// </summary>
public sealed class CaseTests(ITestOutputHelper output)
{
    private const int Few = 600;

    private static readonly CaseRules s_promised = new();

    private static readonly Dictionary<string, CaseRules> s_wrong = new(StringComparer.Ordinal)
    {
        ["a move holds no pod"] = s_promised with { Move = TimeSpan.Zero },
        ["a move holds pods half as long"] = s_promised with { Move = TimeSpan.FromMilliseconds(125) },
        ["a move holds pods twice as long"] = s_promised with { Move = TimeSpan.FromMilliseconds(500) },
        ["a deleted slice holds no pod"] = s_promised with { Deleted = TimeSpan.Zero },
        ["a deleted slice holds pods half as long"] = s_promised with { Deleted = TimeSpan.FromMilliseconds(750) },
        ["a deleted slice holds pods twice as long"] = s_promised with { Deleted = TimeSpan.FromMilliseconds(3000) },
        ["a port edit holds pods no longer than a move"] = s_promised with { ForEachSlice = TimeSpan.Zero },
        ["a port edit holds pods half as long"] = s_promised with { ForEachSlice = TimeSpan.FromMilliseconds(62.5) },
        ["a port edit holds pods twice as long"] = s_promised with { ForEachSlice = TimeSpan.FromMilliseconds(250) },
        ["holds go on while the API is away"] = s_promised with { SilenceStopsHolds = false },
        ["copies count as the Service's own slices"] = s_promised with { OwnSlicesCountFirst = false },
        ["orphaned slices are not told of"] = s_promised with { OrphansAreTold = false },
        ["mirrored slices are not told of"] = s_promised with { MirrorsAreTold = false },
        ["strangers count"] = s_promised with { StrangersAreLeftOut = false },
        ["pods that ended are handed out"] = s_promised with { ServingCounts = false },
    };

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

    /// <summary>A test of the test: the product breaks rules that no document promises, and the cases notice each of them.</summary>
    [Theory]
    [MemberData(nameof(WrongRules))]
    public async Task Every_wrong_rule_is_found_wrong(string name)
    {
        CaseRules rules = s_wrong[name];
        for (int seed = 1; seed <= Few; seed++)
        {
            if (await WrongAsync(CaseStep.Draw(seed), rules) is { } wrong)
            {
                output.WriteLine($"Seed {seed}: {wrong}");
                return;
            }
        }

        Assert.Fail($"{Few} cases do not notice the rule '{name}'.");
    }

    public static TheoryData<string> WrongRules => [.. s_wrong.Keys];

    private static async Task PlayAsync(int seed)
    {
        CaseStep[] steps = CaseStep.Draw(seed);
        if (await WrongAsync(steps, s_promised) is null)
            return;
        CaseStep[] fewest = await ShrinkAsync(steps);
        Case last = new(fewest, s_promised);
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
                if (await WrongAsync(fewer, s_promised) is not null)
                    steps = fewer;
                at = Math.Min(at, steps.Length);
            }
        }

        return steps;
    }

    private static async Task<string?> WrongAsync(CaseStep[] steps, CaseRules rules)
    {
        try
        {
            return await Task.Run(new Case(steps, rules).PlayAsync);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.ToString();
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
