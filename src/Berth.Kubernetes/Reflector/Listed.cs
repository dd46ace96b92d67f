using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Everything up to a version is known; a watch from there on is to be opened.</summary>
/// <param name="version">The version.</param>
/// <param name="first">True after a list, which has just confirmed everything by itself.</param>
internal sealed class Listed<T>(string version, bool first = false) : ReflectorState<T>
    where T : class, IResource
{
    /// <summary>The version to watch from.</summary>
    public string Version => version;

    /// <inheritdoc/>
    public override async ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken)
    {
        try
        {
            WatchConnection connection = await WatchConnection
                .OpenAsync(context, seconds => context.Query.Watch(version, seconds), cancellationToken).ConfigureAwait(false);
            // A server that keeps closing watches cannot confirm again and again by that: it is listed from, and left alone for a while, in
            // between.
            return new Step<T>(new Watching<T>(connection, version), first ? null : new ReflectorEvent<T>.Confirmed(version));
        }
        catch (Exception exception) when (ReflectorFailure.IsExpected(exception))
        {
            return AfterFailure(context, exception);
        }
    }

    private Step<T> AfterFailure(ReflectorContext<T> context, Exception exception)
    {
        if (ReflectorFailure.IsExpired(exception))
            return WatchEnd.Gone(context, version, progressed: false);
        if (ReflectorFailure.IsVersionTooLarge(exception))
        {
            // The list that follows succeeds, and ends the failure for readers. Only here it can be known that this goes on and on.
            Strike strike = context.Strike(progressed: false);
            return new Step<T>(
                new Unlisted<T>(null),
                Failure: ReflectorFailure.From(context, exception, strike.Delay),
                Effects: new StepEffects(Restart: RestartCause.TooLarge, Strikes: strike.Count));
        }

        // What was refused as a request will be refused again; a list finds out whether anything is left to ask for.
        bool refused = exception is KubernetesApiException { StatusCode: 400 or 404 or 405 or 422 };
        return new Step<T>(refused ? new Unlisted<T>(version) : new Listed<T>(version), Failure: ReflectorFailure.From(context, exception));
    }
}
