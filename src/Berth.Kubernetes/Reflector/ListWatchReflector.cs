using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Lists objects of one kind and then watches them, without an end. The caller pulls the events, keeps the objects, and decides when to
/// continue after a failure; the reflector then continues from its state. One caller at a time.
/// </summary>
internal sealed class ListWatchReflector<T>(ReflectorContext<T> context) : IDisposable
    where T : class, IResource
{
    private ReflectorState<T> _state = new Unlisted<T>(null);
    private EndpointSourceException? _failure;

    /// <summary>The current state.</summary>
    public ReflectorState<T> State => _state;

    /// <summary>Waits for the next event.</summary>
    /// <exception cref="EndpointSourceException">
    /// A list or watch failed. Call again, after the delay that it asks for or a longer one.
    /// </exception>
    public async ValueTask<ReflectorEvent<T>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowFailure();
            if (Take(await StepAsync(cancellationToken).ConfigureAwait(false)) is { } happened)
                return happened;
        }
    }

    /// <summary>
    /// Returns the next event if it has already arrived, so that the events of a burst are applied before a snapshot is published.
    /// </summary>
    public bool TryNext(out ReflectorEvent<T>? happened)
    {
        while (_failure is null && _state is Watching<T> watching && watching.TryStep(context, out Step<T> step))
        {
            happened = Take(step);
            if (happened is not null)
                return true;
        }

        happened = null;
        return false;
    }

    /// <summary>Makes the next call list everything again, because the caller may have lost an event.</summary>
    public void Restart()
    {
        _state.Abandon();
        _state = new Unlisted<T>(null);
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Abandon();

    private async ValueTask<Step<T>> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _state.StepAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A cancelled read has broken the connection, and a defect of ours may have left any state.
            string? version = _state switch
            {
                Watching<T> watching => watching.Version,
                Listed<T> listed => listed.Version,
                Unlisted<T> unlisted => unlisted.NotOlderThan,
                _ => null,
            };
            _state.Abandon();
            _state = new Unlisted<T>(version);
            throw;
        }
    }

    private ReflectorEvent<T>? Take(Step<T> step)
    {
        _state = step.Next;
        _failure = step.Failure;
        context.Apply(step.Effects);
        return step.Event;
    }

    private void ThrowFailure()
    {
        if (_failure is not { } failure)
            return;
        _failure = null;
        throw failure;
    }
}
