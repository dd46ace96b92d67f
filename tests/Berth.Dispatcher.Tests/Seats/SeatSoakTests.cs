using System.Globalization;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>
/// Seats under churn. BERTH_SEAT_SOAK sets the time in seconds (default 8; 600 for the long form), BERTH_SEAT_SEED the seed.
/// </summary>
public sealed class SeatSoakTests
{
    [Fact]
    public async Task F104_kills_restarts_and_scaling_lose_no_drained_session()
    {
        int seconds = Read("BERTH_SEAT_SOAK", 8);
        await using SeatSoak soak = await SeatSoak.StartAsync(Read("BERTH_SEAT_SEED", 1));
        await soak.RunAsync(TimeSpan.FromSeconds(seconds));
        TestContext.Current.TestOutputHelper?.WriteLine($"{seconds} s: {soak}.");
        Assert.Equal("", string.Join('\n', soak.Violations.Take(20)));
        Assert.True(soak.Sessions > seconds, soak.ToString());
        Assert.True(soak.Drained > 0, soak.ToString());
    }

    private static int Read(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : fallback;
}
