using Berth.Checks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth;

/// <summary>The options of <see cref="EndpointSessions{T}"/>. Every value has a default.</summary>
/// <typeparam name="T">The session.</typeparam>
public sealed class EndpointSessionsOptions<T>
    where T : class
{
    /// <summary>
    /// Returns a task that completes when a session has ended by itself: its connection broke, for example. The session is then closed and
    /// opened again. An exception of the task is the failure that is shown. Default: null; sessions then end only with their pods.
    /// </summary>
    public Func<T, Task>? Completion { get; init; }

    /// <summary>Closes a session. Default: null, which disposes it where it is <c>IAsyncDisposable</c> or <c>IDisposable</c>.</summary>
    public Func<T, Task>? Close { get; init; }

    /// <summary>
    /// Chooses the pods that get a session: in a mesh, all except this pod itself. Called for each pod of each snapshot. Default: null, for
    /// all pods.
    /// </summary>
    public Func<PodEndpoint, bool>? Filter { get; init; }

    /// <summary>The time that opening a session may take. Default 10 s; above 0 and up to 24 days.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time limit of closing a session, and of a cancelled opening. After it the ordinal and the disposal continue without waiting.
    /// Default 5 s; above 0 and up to 24 days.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The delays between attempts. Default: 200 ms, doubled up to 30 s, with jitter.</summary>
    public IBackoffPolicy? Backoff { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Creates the logger <c>Berth.Sessions</c>, which reports changes of state. Default: logs nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckAboveZero(OpenTimeout, TimerLimit.Max, nameof(OpenTimeout));
        faults.CheckAboveZero(CloseTimeout, TimerLimit.Max, nameof(CloseTimeout));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }
}
