namespace Berth.Faults;

/// <summary>Waits for what has no event of its own.</summary>
internal static class Eventually
{
    /// <summary>Waits, generously, until the condition holds.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(2));
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Wait.Limit, "What must happen did not happen in time.");
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
