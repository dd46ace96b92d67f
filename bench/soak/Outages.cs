namespace Berth.Soak;

/// <summary>The times in which the API was away, from the cut until A is live again. What A says then is as old as the cut, and it says so.</summary>
internal sealed class Outages
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _spans = [];

    public int Count { get; private set; }

    public TimeSpan Longest { get; private set; }

    /// <summary>The longest until A said that it was stale.</summary>
    public TimeSpan LongestUntilStale { get; private set; }

    /// <summary>The longest from the API's return until A was live again.</summary>
    public TimeSpan LongestUntilLive { get; private set; }

    /// <summary>
    /// How often A took longer to come back than twice the outage, and a second: its delays double and are jittered between half and whole, so the one
    /// that is running when the API returns is at most twice the sum of those before it, and the first.
    /// </summary>
    public int LateReturns { get; private set; }

    public void Begin(TimeSpan at)
    {
        lock (_gate)
            _spans.Add((at, TimeSpan.MaxValue));
    }

    public void End(TimeSpan stale, TimeSpan back, TimeSpan live, TimeSpan stalled)
    {
        lock (_gate)
        {
            TimeSpan from = _spans[^1].From;
            _spans[^1] = (from, live);
            _spans.RemoveAll(span => span.To < live - TimeSpan.FromMinutes(2));
            Count++;
            TimeSpan lasted = back - from;
            Longest = Max(Longest, lasted);
            LongestUntilStale = Max(LongestUntilStale, stale - from);
            LongestUntilLive = Max(LongestUntilLive, live - back);
            LateReturns += live - back - stalled > (2 * lasted) + TimeSpan.FromSeconds(1) ? 1 : 0;
        }
    }

    /// <summary>How old what A knows may be at a moment: since the beginning of the outage it is in, or has just come out of.</summary>
    public TimeSpan KnownSince(TimeSpan moment, TimeSpan slack)
    {
        lock (_gate)
        {
            TimeSpan since = moment;
            foreach ((TimeSpan from, TimeSpan to) in Enumerable.Reverse(_spans))
            {
                // Of the second after its return the beginning of the outage is still excused: that second has only just begun.
                if (from <= since && (to == TimeSpan.MaxValue || to + slack >= since))
                    since = from;
            }

            return since;
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
