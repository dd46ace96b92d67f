using System.Runtime.CompilerServices;

namespace Berth.TestKit;

/// <summary>
/// Waits for conditions, with a bound that only a broken program reaches. Between two looks is a pause, because what is waited for often
/// runs on the same processors and needs them. The pause never decides a result: it only says when the next look is.
/// </summary>
public static class Wait
{
    private static readonly TimeSpan s_shortPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longPause = TimeSpan.FromMilliseconds(32);

    /// <summary>The bound. Generous, so that a loaded machine does not fail a test.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Calls a function until it returns a value. The pauses between the calls grow from 1 to 32 ms.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="look">Gives null while it is not there. An exception of I/O counts as not there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It never came.</exception>
    public static async Task<T> ForAsync<T>(string what, Func<CancellationToken, Task<T?>> look, CancellationToken cancellationToken)
        where T : class
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using PeriodicTimer pace = new(s_shortPause);
        Exception? last = null;
        try
        {
            while (true)
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

                await pace.WaitForNextTickAsync(limit.Token);
                if (pace.Period < s_longPause)
                    pace.Period *= 2;
            }
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s for {what}, which never came. {last?.Message}", last ?? exception);
        }
    }

    /// <summary>Waits until a condition is true. It is asked every millisecond, so it must cost little.</summary>
    /// <param name="condition">Is true when the wait is over.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="what">What is waited for, for the message: the text of the condition.</param>
    /// <exception cref="TimeoutException">It never became true.</exception>
    public static Task ForAsync(
        Func<bool> condition, CancellationToken cancellationToken, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        ForAsync(condition, static () => { }, cancellationToken, what);

    /// <summary>Takes a step, such as moving a clock on, every millisecond until a condition is true.</summary>
    /// <param name="condition">Is true when the wait is over. It is asked before each step.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="what">What is waited for, for the message: the text of the condition.</param>
    /// <exception cref="TimeoutException">It never became true.</exception>
    public static async Task ForAsync(
        Func<bool> condition, Action step, CancellationToken cancellationToken,
        [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using PeriodicTimer pace = new(s_shortPause);
        try
        {
            while (!condition())
            {
                step();
                await pace.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s for this, which never became true: {what}", exception);
        }
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
}
