using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Reads a reflector for as long as somebody shares what it tells, and backs off after each failure. It never ends by itself.</summary>
/// <param name="reflector">What is read. The loop disposes it.</param>
/// <param name="time">The clock.</param>
/// <param name="backoff">How long to wait after a failure, where the server does not ask for longer.</param>
/// <param name="take">Takes an event in.</param>
/// <param name="fail">Hears of a failure.</param>
internal sealed class ReflectorLoop<T>(
    ListWatchReflector<T> reflector, TimeProvider time, IBackoffPolicy backoff, Action<ReflectorEvent<T>> take, Action<Exception> fail) : IAsyncDisposable
    where T : class, IResource
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task? _running;

    /// <summary>Begins, where that has not been done.</summary>
    public void Start()
    {
        lock (_lock)
            _running ??= Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task? running;
        lock (_lock)
            running = _running;
        if (running is not null)
            await running.ConfigureAwait(false);
        reflector.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        int failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                take(await reflector.NextAsync(stopping).ConfigureAwait(false));
                failures = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                fail(exception);
                TimeSpan delay = backoff.NextDelay(++failures);
                TimeSpan? asked = (exception as EndpointSourceException)?.RetryAfter;
                await Task.Delay(asked > delay ? asked.Value : delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
