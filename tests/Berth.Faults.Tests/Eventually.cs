namespace Berth.Faults;

/// <summary>Waits for a state without an event.</summary>
internal static class Eventually
{
    /// <summary>Waits until the condition is true, with a long limit.</summary>
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
