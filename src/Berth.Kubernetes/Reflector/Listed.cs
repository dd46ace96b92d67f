using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>The state after a list or watch: everything up to a version is known, and a watch from there must be opened.</summary>
/// <param name="version">The version.</param>
/// <param name="first">True after a list, which has itself just confirmed everything.</param>
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
            // A server that keeps closing watches does not confirm the set again and again like this, because a list and a pause come in
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
        // A proxy in between may support only JSON.
        if (context.AsksForProtobuf && ReflectorFailure.IsOfEncoding(exception))
            return new Step<T>(new Listed<T>(version, first), Effects: new StepEffects(Learned.NoProtobuf));
        if (ReflectorFailure.IsExpired(exception))
            return WatchEnd.Gone(context, version, progressed: false);
        if (ReflectorFailure.IsVersionTooLarge(exception))
        {
            // The next list succeeds, which ends the failure for readers. Only this code can notice that it happens repeatedly.
            Strike strike = context.Strike(progressed: false);
            return new Step<T>(
                new Unlisted<T>(null),
                Failure: ReflectorFailure.From(context, exception, strike.Delay),
                Effects: new StepEffects(Restart: RestartCause.TooLarge, Strikes: strike.Count));
        }

        // The server will refuse the same request again. A list shows whether the resource still exists.
        bool refused = exception is KubernetesApiException { StatusCode: 400 or 404 or 405 or 422 };
        return new Step<T>(refused ? new Unlisted<T>(version) : new Listed<T>(version), Failure: ReflectorFailure.From(context, exception));
    }
}
