namespace Berth.TestKit;

/// <summary>Waits for conditions, with a bound that only a broken program reaches.</summary>
public static class Wait
{
    /// <summary>The bound. Generous, so that a loaded machine does not fail a test.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Calls a function until it returns a value: the first times in a row, then with pauses that grow to 32 ms. What is waited for often
    /// runs on the same processors, and needs them.
    /// </summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="look">Gives null while it is not there. An exception of I/O counts as not there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It never came.</exception>
    public static async Task<T> ForAsync<T>(string what, Func<CancellationToken, Task<T?>> look, CancellationToken cancellationToken)
        where T : class
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        Exception? last = null;
        for (int looks = 0; !limit.IsCancellationRequested; looks++)
        {
            try
            {
                if (await look(limit.Token) is { } seen)
                    return seen;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or System.Net.Sockets.SocketException)
            {
                last = exception;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                break;
            }

            await PauseAsync(looks, limit.Token);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s for {what}, which never came. {last?.Message}", last);
    }

    /// <summary>Asks repeatedly, 50 ms apart, until the answer is as wanted.</summary>
    /// <param name="ask">Asks once.</param>
    /// <param name="condition">True when the answer is as wanted.</param>
    /// <param name="patience">The bound.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The answer never was as wanted; the message holds the last one.</exception>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T>> ask, Func<T, bool> condition, TimeSpan patience, string what, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(50));
        T last = await ask();
        try
        {
            while (!condition(last))
            {
                await pace.WaitForNextTickAsync(limit.Token);
                last = await ask();
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{what}: not within {patience.TotalSeconds:0} s; at last {last}.", exception);
        }

        return last;
    }

    private static async Task PauseAsync(int looks, CancellationToken cancellationToken)
    {
        const int InARow = 10;
        if (looks < InARow)
            await Task.Yield();
        else
            await Task.Delay(1 << Math.Min(looks - InARow, 5), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
