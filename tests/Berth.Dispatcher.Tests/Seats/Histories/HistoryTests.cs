using System.Globalization;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>
/// Random histories of dispatchers, desks and clients (S1 to S3). BERTH_SEAT_HISTORIES sets their number (default 200; 10,000 with
/// BERTH_NIGHTLY=1), BERTH_SEAT_SEED the first seed (default 1; a new one with BERTH_NIGHTLY=1).
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Steps = 60;
    private const int Few = 200;
    private const int Many = 10_000;

    [Fact]
    public async Task No_history_breaks_a_rule_of_seats()
    {
        bool isNightly = Environment.GetEnvironmentVariable("BERTH_NIGHTLY") == "1";
        int count = Read("BERTH_SEAT_HISTORIES", isNightly ? Many : Few);
        // The first seeds are always the same; the nightly run plays new ones.
        int first = Read("BERTH_SEAT_SEED", isNightly ? Random.Shared.Next(1, int.MaxValue - count) : 1);
        output.WriteLine($"{count} histories, seeds {first} to {first + count - 1}");
        long transitions = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            await using SeatHistory history = new(seed);
            await history.RunAsync(Steps);
            string message = string.Join('\n', history.Violations);
            Assert.True(message.Length == 0, $"Seed {seed}: {message}\n{history.Steps}");
            transitions += history.Transitions;
        }

        output.WriteLine($"{count} histories, {transitions} transitions.");
        // The histories do something: at least one transition for each six steps.
        Assert.True(transitions > (long)count * Steps / 6, $"{count} histories had {transitions} transitions.");
    }

    private static int Read(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : fallback;
}
