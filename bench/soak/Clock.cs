using System.Diagnostics;

namespace Berth.Soak;

/// <summary>
/// The time since the soak began, and the part of it in which the machine did not run this process. Work that was impossible in that part
/// does not count as late.
/// </summary>
internal sealed class Clock
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _stalls = [];

    public TimeSpan Now => _watch.Elapsed;

    /// <summary>The longest stall so far.</summary>
    public TimeSpan LongestStall { get; private set; }

    /// <summary>The stalled part of a period.</summary>
    public TimeSpan StalledWithin(TimeSpan from, TimeSpan to)
    {
        lock (_gate)
        {
            TimeSpan sum = TimeSpan.Zero;
            foreach ((TimeSpan began, TimeSpan ended) in _stalls)
            {
                TimeSpan first = began > from ? began : from;
                TimeSpan last = ended < to ? ended : to;
                sum += last > first ? last - first : TimeSpan.Zero;
            }

            return sum;
        }
    }

    /// <summary>Wakes up regularly on its own thread, and records each late wake-up.</summary>
    public void Watch(CancellationToken ending)
    {
        TimeSpan last = Now;
        while (!ending.WaitHandle.WaitOne(Beat))
        {
            TimeSpan now = Now;
            TimeSpan late = now - last - Beat;
            if (late > Beat)
            {
                lock (_gate)
                {
                    _stalls.Add((now - late, now));
                    _stalls.RemoveAll(stall => stall.To < now - TimeSpan.FromMinutes(2));
                }

                LongestStall = late > LongestStall ? late : LongestStall;
            }

            last = now;
        }
    }
}
