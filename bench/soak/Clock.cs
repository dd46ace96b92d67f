using System.Diagnostics;

namespace Berth.Soak;

/// <summary>
/// The time since the soak began, and the part of it in which the machine did not run this process or A. Work that was impossible in that
/// part does not count as late.
/// </summary>
internal sealed class Clock
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _stalls = [];

    public TimeSpan Now => Stopwatch.GetElapsedTime(_began);

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

    /// <summary>Records a stall of this process or of A. The time in which both stalled counts once.</summary>
    /// <param name="from">The timestamp of its begin.</param>
    /// <param name="to">The timestamp of its end.</param>
    public void AddStall(long from, long to)
    {
        TimeSpan began = Stopwatch.GetElapsedTime(_began, from);
        TimeSpan ended = Stopwatch.GetElapsedTime(_began, to);
        lock (_gate)
        {
            foreach ((TimeSpan From, TimeSpan To) other in _stalls.FindAll(stall => stall.From <= ended && stall.To >= began))
            {
                _stalls.Remove(other);
                began = other.From < began ? other.From : began;
                ended = other.To > ended ? other.To : ended;
            }

            _stalls.Add((began, ended));
            _stalls.RemoveAll(stall => stall.To < ended - TimeSpan.FromMinutes(2));
            LongestStall = ended - began > LongestStall ? ended - began : LongestStall;
        }
    }
}
