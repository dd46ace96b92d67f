namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Repeats one step of a port, such as accepting a connection, until the port is closed. After a failure, such as too many open files, it
/// waits and tries again, and reports only the first of several failures.
/// </summary>
internal static class PortLoop
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(
        Func<CancellationToken, Task> step, Action<Exception> failed, TimeProvider time, CancellationToken closing)
    {
        bool isFailing = false;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await step(closing).ConfigureAwait(false);
                isFailing = false;
                continue;
            }
            catch (Exception) when (closing.IsCancellationRequested)
            {
                // A closed socket ends its step with any of several exceptions.
                return;
            }
            catch (Exception exception)
            {
                if (!isFailing)
                    failed(exception);
                isFailing = true;
            }

            await Task.Delay(s_retry, time, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
