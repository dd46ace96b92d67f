using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>The next step after each kind of end of a watch: at once or after a delay, from the same version or with a list.</summary>
internal static class WatchEnd
{
    /// <summary>410 in either form: list again at once, unless the previous list also ended in 410.</summary>
    public static Step<T> Gone<T>(ReflectorContext<T> context, string version, bool progressed)
        where T : class, IResource
    {
        Strike strike = context.Strike(progressed);
        StepEffects effects = new(Restart: RestartCause.Gone, Strikes: strike.Count);
        return strike.Delay is null
            ? new Step<T>(new Unlisted<T>(version), Effects: effects)
            : new Step<T>(
                new Unlisted<T>(null),
                Failure: ReflectorFailure.Repeated(context, $"no longer keeps version {version} of {context.Query.Resource}", strike),
                Effects: effects);
    }

    /// <summary>
    /// The stream ended, cleanly or not. After a long silence, a list that must not be older shows whether the server knows our version.
    /// </summary>
    public static Step<T> Closed<T>(ReflectorContext<T> context, string version, bool progressed, bool broken)
        where T : class, IResource
    {
        if (progressed)
        {
            StepEffects effects = new(Restart: broken ? RestartCause.Broken : RestartCause.Closed, Strikes: 0);
            return new Step<T>(context.IsUntold ? new Unlisted<T>(version) : new Listed<T>(version), Effects: effects);
        }

        Strike strike = context.Strike(progressed);
        StepEffects tooShort = new(Restart: RestartCause.TooShort, Strikes: strike.Count);
        return strike.Delay is null
            ? new Step<T>(new Listed<T>(version), Effects: tooShort)
            : new Step<T>(
                new Unlisted<T>(version),
                Failure: ReflectorFailure.Repeated(
                    context, $"closed the watch of {context.Query.Resource} within a second and without an event", strike),
                Effects: tooShort);
    }

    /// <summary>An ERROR event other than 410.</summary>
    public static Step<T> Error<T>(ReflectorContext<T> context, string version, KubernetesStatus? status, bool progressed)
        where T : class, IResource
    {
        bool tooLarge = status?.IsVersionTooLarge ?? false;
        Strike strike = context.Strike(progressed);
        ReflectorState<T> next = tooLarge ? new Unlisted<T>(null)
            : strike.Delay is null ? new Listed<T>(version)
            : new Unlisted<T>(version);
        return new Step<T>(
            next,
            Failure: ReflectorFailure.FromStatus(context, status, strike.Delay),
            Effects: new StepEffects(Restart: tooLarge ? RestartCause.TooLarge : RestartCause.Error, Strikes: strike.Count));
    }

    /// <summary>An event cannot be read. The first time it may have been damaged in transit; the second time only a list helps.</summary>
    public static Step<T> Malformed<T>(
        ReflectorContext<T> context, string version, ResourceFormatException exception, bool progressed, Learned learned)
        where T : class, IResource
    {
        Strike strike = context.Strike(progressed);
        return new Step<T>(
            strike.Delay is null ? new Listed<T>(version) : new Unlisted<T>(version),
            Failure: ReflectorFailure.From(context, exception, strike.Delay),
            Effects: new StepEffects(learned, RestartCause.Malformed, strike.Count));
    }

    /// <summary>An event is older than the last version seen: the server lags, or its etcd was restored. A list shows which.</summary>
    public static Step<T> Backwards<T>(ReflectorContext<T> context, string version, string older, bool progressed)
        where T : class, IResource
    {
        Strike strike = context.Strike(progressed);
        EndpointSourceException? failure = strike.Delay is null
            ? null
            : ReflectorFailure.Repeated(
                context, $"sent version {older} in a watch of {context.Query.Resource} from version {version}", strike);
        return new Step<T>(
            new Unlisted<T>(version), Failure: failure, Effects: new StepEffects(Learned.Version, RestartCause.Backwards, strike.Count));
    }

    /// <summary>
    /// No data arrived for too long. After its own timeout the watch is opened again. If bookmarks are missing, the server may not know our
    /// version, and a list that must not be older shows whether it does.
    /// </summary>
    public static Step<T> Idle<T>(ReflectorContext<T> context, string version)
        where T : class, IResource =>
        new(
            context.Traits.SendsBookmarks || context.IsUntold ? new Unlisted<T>(version) : new Listed<T>(version),
            Effects: new StepEffects(Restart: RestartCause.Idle, Strikes: 0));
}
