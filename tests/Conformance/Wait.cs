namespace Berth.Conformance;

/// <summary>Waits for conditions, never for time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is as wanted.</summary>
    /// <exception cref="TimeoutException">It never was; the message holds the last answer.</exception>
    public static async Task<T> ForAsync<T>(Func<Task<T>> ask, Func<T, bool> condition, TimeSpan patience, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        using var pace = new PeriodicTimer(Pause);
        T last = await ask();
        try
        {
            while (!condition(last))
            {
                await pace.WaitForNextTickAsync(limit.Token);
                last = await ask();
            }
        }
        catch (OperationCanceledException fault) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{what}: not within {patience.TotalSeconds:0} s; at last {last}.", fault);
        }

        return last;
    }
}
