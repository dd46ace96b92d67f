namespace Berth.Soak;

/// <summary>
/// The times in which the API was away, from the cut until A is live again. What A says then is as old as the cut, and it says so.
/// </summary>
internal sealed class Outages
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _spans = [];

    /// <summary>Outages that A had to notice, because nothing listened.</summary>
    public int Cuts { get; private set; }

    /// <summary>Silences that lasted until A noticed.</summary>
    public int Silences { get; private set; }

    public TimeSpan Longest { get; private set; }

    /// <summary>The longest from a cut until A said that it was stale.</summary>
    public TimeSpan LongestUntilStale { get; private set; }

    /// <summary>The same of silences, which only pings without an answer tell.</summary>
    public TimeSpan LongestSilenceUntilStale { get; private set; }

    /// <summary>The longest from the API's return until A was live again.</summary>
    public TimeSpan LongestUntilLive { get; private set; }

    /// <summary>
    /// How often A took longer to come back than twice the time that it had known of the outage, and a second. Its delays double and are
    /// jittered between half and whole: they begin with 200 ms, so that the one that runs when the API returns is at most twice the sum of
    /// those before it, and 200 ms. What is left of the second is for the handshake, the request and the looking.
    /// </summary>
    public int LateReturns { get; private set; }

    public void Begin(TimeSpan at)
    {
        lock (_gate)
            _spans.Add((at, TimeSpan.MaxValue));
    }

    /// <summary>The API is back, and A has heard of it.</summary>
    /// <param name="stale">When A said that it was stale, or null when it never noticed: the API was silent for less than A waits.</param>
    /// <param name="back">When the API was back.</param>
    /// <param name="live">When A was live again; the same as <paramref name="back"/> when it always was.</param>
    /// <param name="stalled">How much of the time since the API was back the machine did not let us run.</param>
    /// <param name="silent">Whether it was silent, not gone.</param>
    public void End(TimeSpan? stale, TimeSpan back, TimeSpan live, TimeSpan stalled, bool silent = false)
    {
        lock (_gate)
        {
            TimeSpan from = _spans[^1].From;
            _spans[^1] = (from, live);
            _spans.RemoveAll(span => span.To < live - TimeSpan.FromMinutes(2));
            Longest = Max(Longest, back - from);
            if (stale is not { } noticed)
                return;
            Cuts += silent ? 0 : 1;
            Silences += silent ? 1 : 0;
            if (silent)
                LongestSilenceUntilStale = Max(LongestSilenceUntilStale, noticed - from);
            else
                LongestUntilStale = Max(LongestUntilStale, noticed - from);
            LongestUntilLive = Max(LongestUntilLive, live - back);
            LateReturns += live - back - stalled > (2 * (back - noticed)) + TimeSpan.FromSeconds(1) ? 1 : 0;
        }
    }

    /// <summary>
    /// Returns the time from which A's answer at a moment may be: the beginning of the current outage, or of one that has just ended.
    /// </summary>
    public TimeSpan KnownSince(TimeSpan moment, TimeSpan slack)
    {
        lock (_gate)
        {
            TimeSpan since = moment;
            foreach ((TimeSpan from, TimeSpan to) in Enumerable.Reverse(_spans))
            {
                // Of the second after its return the beginning of the outage is still excused: that second has only just started.
                if (from <= since && (to == TimeSpan.MaxValue || to + slack >= since))
                    since = from;
            }

            return since;
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
