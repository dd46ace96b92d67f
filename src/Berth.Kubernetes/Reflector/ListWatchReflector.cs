using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Lists a kind of object and watches it from there on, without an end. It is pulled: its caller keeps the objects, decides when to go on
/// after a failure, and then goes on from where it stood. One caller at a time.
/// </summary>
internal sealed class ListWatchReflector<T>(ReflectorContext<T> context) : IDisposable
    where T : class, IResource
{
    private ReflectorState<T> _state = new Unlisted<T>(null);
    private EndpointSourceException? _failure;

    /// <summary>Where it stands.</summary>
    public ReflectorState<T> State => _state;

    /// <summary>Waits for the next event.</summary>
    /// <exception cref="EndpointSourceException">There is trouble. Call again, after the delay it asks for or a longer one.</exception>
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

    /// <summary>Gives the next event if it has already arrived: what comes in a burst is applied before anything is published.</summary>
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

    /// <summary>Lists everything again at the next call: what was told so far may not have been taken in.</summary>
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
            // A cancelled read has broken the connection, and a fault of our own may have left anything behind.
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
