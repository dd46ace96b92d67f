using System.Diagnostics;

namespace Berth.Soak;

/// <summary>
/// Finds the times in which the machine did not run this process. It looks at the clock regularly, on its own thread, and reports each look
/// that comes late.
/// </summary>
/// <param name="report">Called with the timestamps of a stall's begin and end. All processes of a machine have the same timestamps.</param>
internal sealed class StallWatch(Action<long, long> report)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly long BeatTicks = Stopwatch.Frequency / 20;
    private readonly Lock _gate = new();
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Looks now: then every stall until now has been reported.</summary>
    public void Look()
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            long late = now - _last - BeatTicks;
            if (late > BeatTicks)
                report(now - late, now);
            _last = now;
        }
    }

    /// <summary>Looks regularly until the token is cancelled.</summary>
    public void Run(CancellationToken ending)
    {
        while (!ending.WaitHandle.WaitOne(Beat))
            Look();
    }
}
