using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>
/// Random histories against a plain model. <c>BERTH_HISTORIES=N</c> plays N, <c>BERTH_NIGHTLY=1</c> 10,000; <c>BERTH_SEED=S</c> plays the
/// history of one seed again, and writes down all that happens.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Few = 200;
    private const int Many = 10_000;

    // Each of these seeds has found a defect, in the product or in this model.
    private static readonly int[] s_found = [56943214, 1444984896];

    [Fact]
    public async Task Histories_end_in_agreement_and_hold_the_invariants_on_the_way()
    {
        if (Number("BERTH_SEED") is { } one)
        {
            await PlayAsync(one, tell: true);
            return;
        }

        int count = Number("BERTH_HISTORIES") ?? (Environment.GetEnvironmentVariable("BERTH_NIGHTLY") == "1" ? Many : Few);
        // The first seeds are always the same; the nightly run plays new ones.
        int first = count > Few ? Random.Shared.Next(1, int.MaxValue - count) : 1;
        output.WriteLine($"{count} histories, seeds {first} to {first + count - 1}");
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count).Concat(s_found),
            TestContext.Current.CancellationToken,
            async (seed, _) => await PlayAsync(seed, tell: false));
    }

    private async Task PlayAsync(int seed, bool tell)
    {
        History history = new(seed);
        try
        {
            // The history runs outside the test's context, so that its continuations run at once and in order.
            await Task.Run(history.PlayAsync);
        }
        catch (Exception exception)
        {
            string[] told = history.Told.Split('\n');
            Assert.Fail($"Seed {seed}: {exception.Message}\nPlay it again with BERTH_SEED={seed}. Its last "
                + $"steps:\n{string.Join('\n', tell ? told : told.TakeLast(30))}\n{(exception is HistoryException ? "" : exception)}");
        }

        if (tell)
            output.WriteLine(history.Told);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
