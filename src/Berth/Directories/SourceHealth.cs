namespace Berth.Directories;

/// <summary>
/// The last confirmation of a target by its source, and the number of failures. One thread writes it, any thread reads it.
/// </summary>
internal sealed class SourceHealth
{
    /// <summary>
    /// The largest age of a snapshot. A monotonic clock of nanoseconds cannot express 300 years: a larger age would become negative.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(100 * 365);

    private long _confirmedAt;
    private long _failures;

    /// <summary>The monotonic timestamp of the last confirmation. A jump of the wall clock does not change the age of a snapshot.</summary>
    public long ConfirmedAt
    {
        get => Volatile.Read(ref _confirmedAt);
        set => Volatile.Write(ref _confirmedAt, value);
    }

    /// <summary>The number of failed attempts since the start.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Counts a failed attempt.</summary>
    public void CountFailure() => Volatile.Write(ref _failures, _failures + 1);
}
