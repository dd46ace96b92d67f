using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Where each way in which a watch ends leads to: at once on, or back off first; from the same version, or from a list.</summary>
internal static class WatchEnd
{
    /// <summary>410 in either form: list again at once, unless the list before led nowhere but here.</summary>
    public static Step<T> Gone<T>(ReflectorContext<T> context, string version, bool progressed)
        where T : class, IResource
    {
        context.Restarted(RestartCause.Gone);
        TimeSpan? delay = context.Pacing.Strike(progressed);
        return delay is null
            ? new Step<T>(new Unlisted<T>(version))
            : new Step<T>(new Unlisted<T>(null), Failure: ReflectorFailure.Repeated(context, $"no longer keeps version {version} of {context.Query.Resource}", delay));
    }

    /// <summary>The stream ended, cleanly or not. After a long time without anything a list that must not be older finds out whether our version is known.</summary>
    public static Step<T> Closed<T>(ReflectorContext<T> context, string version, bool progressed, bool broken)
        where T : class, IResource
    {
        if (progressed)
        {
            context.Pacing.Progress();
            context.Restarted(broken ? RestartCause.Broken : RestartCause.Closed);
            return new Step<T>(context.IsUntold ? new Unlisted<T>(version) : new Listed<T>(version));
        }

        context.Restarted(RestartCause.TooShort);
        TimeSpan? delay = context.Pacing.Strike(progressed);
        return delay is null
            ? new Step<T>(new Listed<T>(version))
            : new Step<T>(new Unlisted<T>(version), Failure: ReflectorFailure.Repeated(context, $"closed the watch of {context.Query.Resource} within a second and without an event", delay));
    }

    /// <summary>An ERROR event other than 410.</summary>
    public static Step<T> Error<T>(ReflectorContext<T> context, string version, KubernetesStatus? status, bool progressed)
        where T : class, IResource
    {
        bool tooLarge = status?.IsVersionTooLarge ?? false;
        context.Restarted(tooLarge ? RestartCause.TooLarge : RestartCause.Error);
        TimeSpan? delay = context.Pacing.Strike(progressed);
        ReflectorState<T> next = tooLarge ? new Unlisted<T>(null) : delay is null ? new Listed<T>(version) : new Unlisted<T>(version);
        return new Step<T>(next, Failure: ReflectorFailure.FromStatus(context, status, delay));
    }

    /// <summary>An event that cannot be read: once it may have been damaged on the way, twice and only a list helps.</summary>
    public static Step<T> Malformed<T>(ReflectorContext<T> context, string version, ResourceFormatException exception, bool progressed)
        where T : class, IResource
    {
        context.Restarted(RestartCause.Malformed);
        TimeSpan? delay = context.Pacing.Strike(progressed);
        ReflectorState<T> next = delay is null ? new Listed<T>(version) : new Unlisted<T>(version);
        return new Step<T>(next, Failure: ReflectorFailure.From(context, exception, delay));
    }

    /// <summary>An event older than what has been seen: the server lags, or its etcd was restored. A list tells which.</summary>
    public static Step<T> Backwards<T>(ReflectorContext<T> context, string version, string older, bool progressed)
        where T : class, IResource
    {
        context.Restarted(RestartCause.Backwards);
        TimeSpan? delay = context.Pacing.Strike(progressed);
        return new Step<T>(new Unlisted<T>(version), Failure: delay is null
            ? null
            : ReflectorFailure.Repeated(context, $"sent version {older} in a watch of {context.Query.Resource} from version {version}", delay));
    }

    /// <summary>
    /// Nothing came for too long. Past its own timeout the watch is simply begun again; where bookmarks were due, the server may
    /// not know our version at all, and a list that must not be older finds out.
    /// </summary>
    public static Step<T> Idle<T>(ReflectorContext<T> context, string version)
        where T : class, IResource
    {
        context.Restarted(RestartCause.Idle);
        context.Pacing.Progress();
        return new Step<T>(context.Traits.SendsBookmarks || context.IsUntold ? new Unlisted<T>(version) : new Listed<T>(version));
    }
}
