using System.Globalization;

namespace Berth.Tests.Sessions;

/// <summary>
/// Random histories of sessions against a plain model. <c>BERTH_SESSION_HISTORIES=N</c> plays N (default 300), <c>BERTH_SESSION_SEED=S</c>
/// starts at seed S, which a failure names.
/// </summary>
public sealed class SessionHistoryTests
{
    [Fact]
    public async Task Histories_leave_as_many_sessions_as_pods_and_leak_nothing()
    {
        int first = Read("BERTH_SESSION_SEED", 1);
        int count = Read("BERTH_SESSION_HISTORIES", 300);
        for (int seed = first; seed < first + count; seed++)
        {
            await using SessionHistory history = new(seed);
            await history.PlayAsync(steps: 20);
        }

        Assert.True(count > 0, "BERTH_SESSION_HISTORIES is 0, so nothing was played.");
    }

    private static int Read(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : fallback;
}
