namespace Berth;

/// <summary>The state of the session with one pod.</summary>
public enum EndpointSessionState
{
    /// <summary>No session: the pod is not available, or the next attempt is due at <see cref="EndpointSession{T}.RetryAt"/>.</summary>
    Waiting,

    /// <summary>A session is being opened.</summary>
    Opening,

    /// <summary>The session is open.</summary>
    Open,

    /// <summary>The session is being closed: it has ended, or its pod has left or is another process.</summary>
    Closing,
}
