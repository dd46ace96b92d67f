using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth;

/// <summary>What an <see cref="EndpointDirectory"/> needs from outside. Every value has a default.</summary>
public sealed class EndpointDirectoryOptions
{
    // A timer of .NET holds 49.7 days; the command line takes as many as this.
    private static readonly TimeSpan s_maxTimeout = TimeSpan.FromDays(24);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The delays between attempts while a source is in trouble. Default: 200 ms, doubled up to 30 s, jittered.</summary>
    public IBackoffPolicy? Backoff { get; init; }

    /// <summary>Where the directory says what changes state. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where the directory counts. Default: a meter of its own named <c>Berth</c>.</summary>
    public Meter? Meter { get; init; }

    /// <summary>
    /// How long <see cref="EndpointDirectory.GetEndpointsAsync(ServiceTarget, PortScheme, CancellationToken)"/> waits for the very first
    /// snapshot of a target before it throws. Default 10 s; above 0 and at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan FirstSnapshotTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A file that keeps the last good snapshots, so that a process that starts while its source is away serves them at once, stale and
    /// saying so. Default: none. It is written atomically, checked on reading, and set aside when it is damaged.
    /// </summary>
    public string? SnapshotFile { get; init; }

    /// <summary>
    /// The longest age at which a stale snapshot is still given out; past it <see cref="EndpointDirectory.GetEndpointsAsync(ServiceTarget,
    /// PortScheme, CancellationToken)"/> throws until the source answers. Default: none, since an old answer is usually better than no
    /// answer. Above 0, of any length.
    /// </summary>
    public TimeSpan? MaxStale { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Validate()
    {
        bool isTimer = FirstSnapshotTimeout > TimeSpan.Zero && FirstSnapshotTimeout <= s_maxTimeout;
        if (!isTimer && FirstSnapshotTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(FirstSnapshotTimeout),
                FirstSnapshotTimeout,
                $"FirstSnapshotTimeout is {FirstSnapshotTimeout}. Give a duration above zero and at most 24 days, "
                    + "or Timeout.InfiniteTimeSpan.");
        }

        if (MaxStale is { } longest && longest <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxStale), longest, $"MaxStale is {longest}. Give a duration above zero, or none.");
        }
    }
}
