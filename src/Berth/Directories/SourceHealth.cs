namespace Berth.Directories;

/// <summary>When a source last confirmed a target, and how often it failed. Written by one thread, read by any.</summary>
internal sealed class SourceHealth
{
    private long _confirmedAt;
    private long _failures;

    /// <summary>
    /// The timestamp of the last confirmation. Monotonic, so that a jump of the wall clock neither ages nor renews a snapshot.
    /// </summary>
    public long ConfirmedAt
    {
        get => Volatile.Read(ref _confirmedAt);
        set => Volatile.Write(ref _confirmedAt, value);
    }

    /// <summary>How many attempts have failed, over all time.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Counts a failed attempt.</summary>
    public void CountFailure() => Volatile.Write(ref _failures, _failures + 1);
}
