namespace Berth;

/// <summary>The session with one pod at one moment. Immutable.</summary>
/// <typeparam name="T">The session.</typeparam>
public sealed class EndpointSession<T>
    where T : class
{
    internal EndpointSession(PodEndpoint pod, EndpointSessionState state, DateTimeOffset since)
    {
        Pod = pod;
        State = state;
        Since = since;
    }

    /// <summary>The pod, as the latest snapshot has it.</summary>
    public PodEndpoint Pod { get; }

    /// <summary>The state of the session.</summary>
    public EndpointSessionState State { get; }

    /// <summary>The time at which the state began.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The session while it is <see cref="EndpointSessionState.Open"/>, else null.</summary>
    public T? Session { get; internal init; }

    /// <summary>
    /// The last failure: the exception of the last attempt to open a session, or of the end of the last one. Null when this process of the
    /// pod had no failure yet.
    /// </summary>
    public Exception? Failure { get; internal init; }

    /// <summary>The number of failures in a row: 0 or more. A session that lasted 10 s or more resets it.</summary>
    public int FailureCount { get; internal init; }

    /// <summary>The time of the next attempt, or null when none is planned.</summary>
    public DateTimeOffset? RetryAt { get; internal init; }

    /// <summary>The session for people: <c>service-b-2 10.88.0.10:3002 Open</c>.</summary>
    public override string ToString() =>
        $"{Pod.Name} {Pod.Authority} {State}"
            + (State == EndpointSessionState.Waiting && Failure is not null ? $": {Failure.Message}" : "");

    internal EndpointSession<T> WithPod(PodEndpoint pod) => ReferenceEquals(pod, Pod) ? this : new(pod, State, Since)
    {
        Session = Session,
        Failure = Failure,
        FailureCount = FailureCount,
        RetryAt = RetryAt,
    };
}
