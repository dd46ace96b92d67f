using Berth.Backoff;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Reads a reflector in the background for all that share its events.</summary>
internal sealed class ReflectorLoop<T> : IAsyncDisposable
    where T : class, IResource
{
    private readonly ListWatchReflector<T> _reflector;
    private readonly Action<ReflectorEvent<T>> _take;
    private readonly Action<Exception> _fail;
    private readonly Supervisor _supervisor;

    /// <param name="reflector">The reflector to read. The loop disposes it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="backoff">The delays after failures, unless the server asks for a longer one.</param>
    /// <param name="take">Applies an event.</param>
    /// <param name="fail">Handles a failure.</param>
    public ReflectorLoop(
        ListWatchReflector<T> reflector, TimeProvider time, IBackoffPolicy backoff, Action<ReflectorEvent<T>> take, Action<Exception> fail)
    {
        _reflector = reflector;
        _take = take;
        _fail = fail;
        _supervisor = new Supervisor(StepAsync, Failed, backoff, time);
    }

    /// <summary>Starts the loop, if it does not run yet.</summary>
    public void Start() => _supervisor.Start();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        _reflector.Dispose();
    }

    private async ValueTask StepAsync(CancellationToken stopping)
    {
        ReflectorEvent<T> happened = await _reflector.NextAsync(stopping).ConfigureAwait(false);
        try
        {
            _take(happened);
        }
        catch
        {
            // The event is lost, and later events build on it. Only a list repairs that.
            _reflector.Restart();
            throw;
        }
    }

    private TimeSpan? Failed(Exception exception)
    {
        _fail(exception);
        return (exception as EndpointSourceException)?.RetryAfter;
    }
}
