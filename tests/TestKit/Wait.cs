namespace Berth.TestKit;

/// <summary>Waits for conditions, with a bound that only a broken program reaches.</summary>
public static class Wait
{
    /// <summary>The bound. Generous, so that a loaded machine does not fail a test.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Looks again and again until there is something to see. What is looked at should be I/O, which gives the pace.</summary>
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
        while (!limit.IsCancellationRequested)
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

            await Task.Yield();
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s for {what}, which never came. {last?.Message}", last);
    }
}
